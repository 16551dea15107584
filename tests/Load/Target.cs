using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Load;

/// <summary>The server under load.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly DirectoryInfo? _folder;

    private Target(IPEndPoint endPoint, ServerProcess? process, DirectoryInfo? folder)
    {
        EndPoint = endPoint;
        Process = process;
        _folder = folder;
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Its process; null when it ran already.</summary>
    public ServerProcess? Process { get; }

    /// <summary>The document root, for a scenario that needs one of its own.</summary>
    public string Folder => _folder!.FullName;

    /// <summary>Finds the server, or starts it.</summary>
    /// <exception cref="SetupException">It does not start, or its name has no address.</exception>
    public static async Task<Target> OpenAsync(ServerChoice choice, Scenario scenario, CancellationToken cancellation)
    {
        if (choice.Running is { } running)
            return new Target(new IPEndPoint(await AddressAsync(running, cancellation), running.Port), process: null, folder: null);
        var folder = scenario.NeedsFolder ? Directory.CreateTempSubdirectory("asyncserver-load") : null;
        string[] root = folder is null ? [] : ["--root", folder.FullName];
        var command = choice.Command is { } line ? ServerCommand.Parse(line) : ServerCommand.Product([.. root, .. scenario.ServerOptions]);
        try
        {
            var process = await ServerProcess.StartAsync(command, cancellation);
            return new Target(process.EndPoint, process, folder);
        }
        catch
        {
            folder?.Delete(recursive: true);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is not null)
            await Process.DisposeAsync();
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
