using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Load;

/// <summary>The least that must always work: many clients, each with one request after the other.</summary>
internal static class Smoke
{
    private const int Connections = 64;
    private const int RequestsPerConnection = 200;
    private const string Path = "/say_hello.py";
    private static readonly byte[] Body = Encoding.ASCII.GetBytes("Hello, this is plain");

    public static Scenario Scenario { get; } = new()
    {
        Name = "smoke",
        What = $"{Connections} keep-alive connections, each asks {Path} {RequestsPerConnection} times",
        Threshold = "every request gets its right answer",
        Run = RunAsync,
    };

    private static async Task RunAsync(ScenarioRun run)
    {
        var tally = new Tally();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => AskManyAsync(run.Target, tally, run.Cancellation)));
        run.CheckRight("smoke", tally, Connections * RequestsPerConnection);
    }

    private static async Task AskManyAsync(Target target, Tally tally, CancellationToken cancellation)
    {
        byte[] request = ClientConnection.Get(target.EndPoint, Path);
        int asked = 0;
        try
        {
            using var connection = await ClientConnection.ConnectAsync(target.EndPoint, cancellation);
            for (; asked < RequestsPerConnection; asked++)
                Check(await connection.AskAsync(request, cancellation), tally);
        }
        catch (Exception failure) when (failure is SocketException or InvalidDataException or TimeoutException)
        {
            // The connection is lost, and with it every request that it still had to make.
            tally.CountErrors(failure.Message, RequestsPerConnection - asked);
        }
    }

    private static void Check(ClientResponse answer, Tally tally)
    {
        if (answer.Status != 200)
            tally.CountErrors($"status {answer.Status}");
        else if (!answer.Body.AsSpan().SequenceEqual(Body))
            tally.CountErrors("another body");
        else
            tally.CountAnswer();
    }
}
