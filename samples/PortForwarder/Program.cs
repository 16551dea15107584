// Accepts on one port and passes everything on to another server, both ways, as gevent's examples/portforwarder.py does.
//     dotnet run -c Release --project samples/PortForwarder -- 6002 localhost:8888
//     curl http://localhost:6002/
using AsyncServer.Runtime;

string port = args.Length > 0 ? args[0] : "6002";
string target = args.Length > 1 ? args[1] : "localhost:8888";

Hub.Run(async () =>
{
    await using var server = new StreamServer($"127.0.0.1:{port}", ForwardAsync);
    await server.StartAsync();
    Console.WriteLine($"listening on {server.LocalEndPoint}; forwards to {target}; Ctrl+C ends it");
    await server.ServeForeverAsync();
});

// When either direction fails, this coroutine fails: the client is reset, the other direction killed, and the server's side closed.
async Task ForwardAsync(Connection client, CancellationToken cancellation)
{
    using var server = await Connection.ConnectAsync(target, cancellation);
    await using var directions = new CoroutineGroup { CancelOnFailure = true };
    _ = directions.Spawn(() => CopyAsync(client, server));
    _ = directions.Spawn(() => CopyAsync(server, client));
    await directions.JoinAsync();
}

static async Task CopyAsync(Connection from, Connection to)
{
    byte[] buffer = new byte[16 * 1024];
    while (await from.ReceiveAsync(buffer) is > 0 and var count)
        await to.SendAsync(buffer.AsMemory(0, count));
    to.ShutdownSend(); // this direction has ended, the other one may go on
}
