using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A connection between its accept and its hub. It holds an open descriptor: hand it to <see cref="Connect"/> or
/// <see cref="Close"/> it.
/// </summary>
public readonly struct AcceptedSocket
{
    private readonly int _descriptorPlusOne;
    private readonly Socket? _managed;

    internal AcceptedSocket(int descriptor, PeerAddress peer)
    {
        _descriptorPlusOne = descriptor + 1;
        Peer = peer;
    }

    /// <summary>Of a listener of <see cref="TransportKind.Sockets"/>.</summary>
    internal AcceptedSocket(Socket managed)
    {
        _managed = managed;
        Peer = PeerAddress.FromEndPoint(managed.RemoteEndPoint);
    }

    /// <summary>False for the default value, which <see cref="SocketListener.AcceptAsync"/> returns once it is closed.</summary>
    public bool IsOpen => _descriptorPlusOne > 0 || _managed is not null;

    internal int Descriptor => _descriptorPlusOne - 1;

    internal PeerAddress Peer { get; }

    /// <summary>
    /// Gives the connection to a hub, where a coroutine of its own starts with <paramref name="handle"/> on the default execution
    /// context (gevent: <c>spawn(handle, socket)</c>). Any thread may call it, once.
    /// </summary>
    /// <param name="hub">The hub that is to serve it.</param>
    /// <param name="handle">
    /// Serves the connection and closes it. What it throws is reported to the hub's observer, and resets the connection.
    /// </param>
    /// <param name="lost">Called on the hub in the place of <paramref name="handle"/> when the hub could not take the connection, which is closed then.</param>
    /// <exception cref="ArgumentException">The hub has another <see cref="TransportKind"/> than the one whose listener accepted it.</exception>
    public void Connect(Hub hub, Func<Connection, Task> handle, Action? lost = null)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(handle);
        if (hub.Transport == TransportKind.Sockets != _managed is not null)
            throw new ArgumentException("The connection was accepted on a hub of another transport; give all hubs of a server the same.", nameof(hub));
        hub.Occupancy.ConnectionComing();
        try
        {
            Coroutine.Spawn(hub, new Start(this, hub, handle, lost).ServeAsync, context: null);
        }
        catch
        {
            Drop(hub, lost); // no memory for its coroutine
            throw;
        }
    }

    /// <summary>A connection that another process has accepted and this one was started with (see <see cref="Detach"/>).</summary>
    /// <param name="descriptor">The descriptor of a connected socket, which this process's children will not have.</param>
    public static AcceptedSocket Inherit(int descriptor)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(descriptor);
        SocketDescriptor.CloseOnExec(descriptor);
        SocketDescriptor.DoNotBlock(descriptor);
        return new AcceptedSocket(descriptor, SocketDescriptor.Peer(descriptor));
    }

    /// <summary>Takes the descriptor, to give it to another process (<see cref="ChildProcessOptions.Descriptors"/>), in the place of <see cref="Connect"/> and <see cref="Close"/>.</summary>
    public SafeHandle Detach() => _managed is null ? new SafeFileHandle(Descriptor, ownsHandle: true) : _managed.SafeHandle;

    /// <summary>Closes the descriptor of a connection that is not wanted.</summary>
    public void Close()
    {
        if (_managed is null)
            SocketDescriptor.Close(Descriptor);
        else
            _managed.Dispose();
    }

    private Connection Open(Hub hub) => _managed is null
        ? new Connection(hub, new SocketTransport(Descriptor, Peer), Descriptor)
        : ManagedSocketTransport.Open(hub, _managed, Peer);

    private void Drop(Hub hub, Action? lost)
    {
        Close();
        hub.Occupancy.ConnectionGone();
        lost?.Invoke();
    }

    private sealed record Start(AcceptedSocket Accepted, Hub Hub, Func<Connection, Task> Handle, Action? Lost)
    {
        internal Task ServeAsync()
        {
            if (Hub.IsStopping)
            {
                Drop(); // it came too late: the hub has taken down the others already
                return Task.CompletedTask;
            }
            Connection connection;
            try
            {
                connection = Accepted.Open(Hub);
            }
            catch
            {
                Drop(); // the poller refused it: this connection ends, the rest goes on
                throw;
            }
            return connection.ServeAsync(Handle);
        }

        private void Drop() => Accepted.Drop(Hub, Lost);
    }
}
