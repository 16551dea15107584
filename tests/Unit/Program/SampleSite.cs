using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Unit.Program;

/// <summary>The real program with the sample site, for the tests of a class together.</summary>
public sealed class SampleSite : IAsyncLifetime
{
    private readonly ServerProgram _program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0");

    internal HttpClient Client { get; private set; } = null!;

    internal int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Port = await _program.PortAsync();
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Port}") };
    }

    /// <summary>Sends bytes on a connection of its own, and returns all that comes back, as Latin-1: a character for each byte.</summary>
    internal async Task<string> ExchangeAsync(string request, CancellationToken cancellation)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port, cancellation);
        var sending = client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), cancellation);
        using var received = new MemoryStream();
        await client.GetStream().CopyToAsync(received, cancellation);
        await sending;
        return Encoding.Latin1.GetString(received.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _program.DisposeAsync();
    }
}
