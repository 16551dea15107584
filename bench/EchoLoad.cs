using System.Globalization;
using System.Net.Sockets;

namespace AsyncServer.Bench;

/// <summary>The C program in <c>echoload.c</c>: connections that each send a message and wait until it is back, again and again.</summary>
internal sealed class EchoLoad : ILoad
{
    /// <summary>The most bytes of a message: as many as <c>floor.c</c> reads at a time.</summary>
    public const int MaxSize = 16 * 1024;

    private readonly string _program;
    private readonly int _connections;
    private readonly int _size;

    private EchoLoad(string program, int connections, int size)
    {
        _program = program;
        _connections = connections;
        _size = size;
    }

    public string Unit => "round trip";

    public string Description => $"echoload, 1 thread, {_connections} connections, messages of {_size} bytes";

    /// <summary>Compiles it beside this program.</summary>
    /// <exception cref="SetupException">There is no gcc, or it does not compile.</exception>
    public static async Task<EchoLoad> BuildAsync(int connections, int size, CancellationToken cancellation) =>
        new(await CProgram.BuildAsync("echoload", cancellation), connections, size);

    public async Task<LoadResult> RunAsync(ServerProcess server, TimeSpan duration, CancellationToken cancellation)
    {
        string[] arguments = [.. ((double[])[server.EndPoint.Port, _connections, duration.TotalSeconds, _size])
            .Select(static number => number.ToString(CultureInfo.InvariantCulture))];
        string output = await StartedProcess.RunAsync(_program, arguments, "It was built a moment ago.", cancellation);
        double[] numbers = [.. output.Split(' ').Select(static word => double.Parse(word, CultureInfo.InvariantCulture))];
        return numbers is [var count, var seconds, var median, var p99, var errors]
            ? new LoadResult((long)count, count / seconds, TimeSpan.FromMicroseconds(median), TimeSpan.FromMicroseconds(p99), (long)errors)
            : throw new SetupException($"echoload printed\n{output}");
    }

    public async Task<int> AnswerSizeAsync(ServerProcess server, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.EndPoint, cancellation);
        byte[] message = new byte[_size], answer = new byte[_size];
        Random.Shared.NextBytes(message);
        await client.GetStream().WriteAsync(message, cancellation);
        await client.GetStream().ReadExactlyAsync(answer, cancellation);
        return answer.AsSpan().SequenceEqual(message) ? answer.Length
            : throw new SetupException($"{server.Name} sends other bytes than it got");
    }
}
