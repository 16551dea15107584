using System.Net;
using AsyncServer.Runtime;

namespace AsyncServer.Bench;

/// <summary>An echo server as a user of <see cref="StreamServer"/> writes it; this program, started once more.</summary>
internal static class EchoProgram
{
    public const string Verb = "serve-echo";

    public static ServerCommand Command(params string[] options) =>
        new("StreamServer", "dotnet", [typeof(EchoProgram).Assembly.Location, Verb, "{port}", .. options]);

    public static async Task<int> RunAsync(int port, int? hubs, CancellationToken cancellation)
    {
        await using var group = new HubGroup(hubs ?? 1);
        await using var server = new StreamServer(new IPEndPoint(IPAddress.Loopback, port), EchoAsync) { Hubs = group };
        await server.ServeForeverAsync(cancellation);
        return 0;
    }

    private static async Task EchoAsync(Connection connection, CancellationToken cancellation)
    {
        byte[] buffer = new byte[16 * 1024];
        while (await connection.ReceiveAsync(buffer, cancellation) is > 0 and var count)
            await connection.SendAsync(buffer.AsMemory(0, count), cancellation);
    }
}
