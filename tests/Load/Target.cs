using System.Net;
using System.Net.Sockets;
using AsyncServer.Bench;

namespace AsyncServer.Load;

/// <summary>The server under load: the asyncserver program of this repository, or one that runs already.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly ServerProcess? _process;
    private readonly DirectoryInfo? _folder;

    private Target(IPEndPoint endPoint, ServerProcess? process, DirectoryInfo? folder)
    {
        EndPoint = endPoint;
        _process = process;
        _folder = folder;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>The document root, for a scenario that needs one of its own.</summary>
    public string Folder => _folder!.FullName;

    /// <param name="running">Where a server runs already; null starts ours.</param>
    /// <param name="needsFolder">Whether it serves an empty folder instead of the sample site.</param>
    /// <param name="cancellation">Ends the wait for its start.</param>
    /// <exception cref="SetupException">Ours does not start, or the name of the other has no address.</exception>
    public static async Task<Target> OpenAsync(Uri? running, bool needsFolder, CancellationToken cancellation)
    {
        if (running is not null && needsFolder)
            throw new SetupException("this scenario changes files below the document root: it starts a server of its own, without --target");
        if (running is not null)
            return new Target(new IPEndPoint(await AddressAsync(running, cancellation), running.Port), process: null, folder: null);
        var folder = needsFolder ? Directory.CreateTempSubdirectory("asyncserver-load") : null;
        var process = await ServerProcess.StartAsync(folder is null ? ServerCommand.Product() : ServerCommand.Product("--root", folder.FullName), cancellation);
        return new Target(process.EndPoint, process, folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await _process.DisposeAsync();
        _folder?.Delete(recursive: true);
    }

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
