using System.Net;
using System.Net.Sockets;
using AsyncServer.Bench;

namespace AsyncServer.Load;

/// <summary>The server under load: the asyncserver program of this repository, or one that runs already.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly ServerProcess? _process;

    private Target(IPEndPoint endPoint, ServerProcess? process)
    {
        EndPoint = endPoint;
        _process = process;
    }

    public IPEndPoint EndPoint { get; }

    /// <param name="running">Where a server runs already; null starts ours.</param>
    /// <param name="cancellation">Ends the wait for its start.</param>
    /// <exception cref="SetupException">Ours does not start, or the name of the other has no address.</exception>
    public static async Task<Target> OpenAsync(Uri? running, CancellationToken cancellation)
    {
        if (running is not null)
            return new Target(new IPEndPoint(await AddressAsync(running, cancellation), running.Port), process: null);
        var process = await ServerProcess.StartAsync(ServerCommand.Product(), cancellation);
        return new Target(process.EndPoint, process);
    }

    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static async Task<IPAddress> AddressAsync(Uri running, CancellationToken cancellation)
    {
        if (running.Scheme != Uri.UriSchemeHttp)
            throw new SetupException($"{running} is not an http:// address");
        try
        {
            // IdnHost has no brackets around an IPv6 address.
            return (await Dns.GetHostAddressesAsync(running.IdnHost, cancellation))[0];
        }
        catch (SocketException failure)
        {
            throw new SetupException($"{running.Host}: {failure.Message}");
        }
    }
}
