using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Harness;

/// <summary>A server in a process of its own on a free port of the loopback, from its first answer until disposed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(20);

    private readonly StartedProcess _process;

    private ServerProcess(string name, StartedProcess process, IPEndPoint endPoint)
    {
        Name = name;
        _process = process;
        EndPoint = endPoint;
    }

    public string Name { get; }

    public IPEndPoint EndPoint { get; }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <summary>User and system time of all threads since the start.</summary>
    public TimeSpan CpuTime => ProcessCpuClock.Read(_process.Id);

    public long ResidentBytes => ProcessFacts.ResidentBytes(_process.Id);

    public long DescriptorLimit => ProcessFacts.DescriptorLimit(_process.Id);

    /// <summary>Starts the server and returns once it accepts connections.</summary>
    /// <exception cref="SetupException">It ended, or did not listen in time; the message has what it printed.</exception>
    public static async Task<ServerProcess> StartAsync(ServerCommand command, CancellationToken cancellation)
    {
        var server = Launch(command);
        try
        {
            await server.WaitUntilListeningAsync(cancellation);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public int DescriptorCount => ProcessFacts.DescriptorCount(_process.Id);

    public int OwnDescriptorCount => ProcessFacts.OwnDescriptorCount(_process.Id);

    /// <summary>Starts the process and does not wait.</summary>
    public static ServerProcess Launch(ServerCommand command)
    {
        var endPoint = new IPEndPoint(IPAddress.Loopback, FreePort());
        return new ServerProcess(
            command.Name, StartedProcess.Start(command.FileName, command.ArgumentsFor(endPoint.Port), $"{command.Name} needs it.",
                command.Environment), endPoint);
    }

    public Uri Uri(string path) => new($"http://{EndPoint}{path}");

    /// <summary>For who waits until it listens.</summary>
    /// <exception cref="SetupException">It ended, or had time enough.</exception>
    public async Task RequireStartingAsync(TimeSpan waited)
    {
        if (_process.HasExited)
            throw new SetupException($"{Name} ended instead of listening on port {EndPoint.Port}\n{await _process.ReadAllAsync()}");
        if (waited > StartTimeout)
            throw new SetupException($"{Name} does not listen on port {EndPoint.Port} after {StartTimeout.TotalSeconds} s");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private async Task WaitUntilListeningAsync(CancellationToken cancellation)
    {
        var time = TimeProvider.System;
        long started = time.GetTimestamp();
        while (!await AcceptsAsync(cancellation))
        {
            await RequireStartingAsync(time.GetElapsedTime(started));
            await Task.Delay(ProbeInterval, time, cancellation);
        }
    }

    private async Task<bool> AcceptsAsync(CancellationToken cancellation)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(EndPoint, cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false; // refused: not listening yet
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
