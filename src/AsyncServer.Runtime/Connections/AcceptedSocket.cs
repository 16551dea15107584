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
    /// <summary>The <see cref="Listener"/> of a connection that comes from none of a server's listed listeners.</summary>
    public const int UnknownListener = -1;

    // Plus one, so that the default value says: no descriptor, no listener.
    private readonly int _descriptorPlusOne;
    private readonly int _listenerPlusOne;
    private readonly Socket? _managed;

    internal AcceptedSocket(int descriptor, PeerAddress peer, int listener = UnknownListener)
    {
        _descriptorPlusOne = descriptor + 1;
        _listenerPlusOne = listener + 1;
        Peer = peer;
    }

    private AcceptedSocket(in AcceptedSocket accepted, int listener)
    {
        this = accepted;
        _listenerPlusOne = listener + 1;
    }

    /// <summary>Of a listener of <see cref="TransportKind.Sockets"/>.</summary>
    internal AcceptedSocket(Socket managed)
    {
        _managed = managed;
        Peer = PeerAddress.FromEndPoint(managed.RemoteEndPoint);
    }

    /// <summary>False for the default value, which <see cref="SocketListener.AcceptAsync"/> returns once it is closed.</summary>
    public bool IsOpen => _descriptorPlusOne > 0 || _managed is not null;

    /// <summary>
    /// The index of the server's listener that accepted it, which must go along to a process that is to serve it: see
    /// <see cref="Inherit"/>. It is <see cref="UnknownListener"/> outside of a server, and on addresses that a server took on later.
    /// </summary>
    public int Listener => _listenerPlusOne - 1;

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
    /// <param name="lost">
    /// Called on the hub in the place of <paramref name="handle"/> when the hub could not take the connection, which is closed then.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The hub has another <see cref="TransportKind"/> than the one whose listener accepted it.
    /// </exception>
    public void Connect(Hub hub, Func<Connection, Task> handle, Action? lost = null)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(handle);
        if (hub.Transport == TransportKind.Sockets != _managed is not null)
            throw new ArgumentException("The connection was accepted on a hub of another transport; give all hubs of a server the same.",
                nameof(hub));
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
    /// <param name="listener">Its <see cref="Listener"/> in the process that accepted it.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The descriptor is negative, or the listener is below <see cref="UnknownListener"/>.
    /// </exception>
    public static AcceptedSocket Inherit(int descriptor, int listener)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(descriptor);
        ArgumentOutOfRangeException.ThrowIfLessThan(listener, UnknownListener);
        SocketDescriptor.CloseOnExec(descriptor);
        SocketDescriptor.DoNotBlock(descriptor);
        return new AcceptedSocket(descriptor, SocketDescriptor.Peer(descriptor), listener);
    }

    /// <summary>
    /// Takes the descriptor, to give it to another process (<see cref="ChildProcessOptions.Descriptors"/>), in the place of
    /// <see cref="Connect"/> and <see cref="Close"/>.
    /// </summary>
    public SafeHandle Detach() => _managed is null ? new SafeFileHandle(Descriptor, ownsHandle: true) : _managed.SafeHandle;

    /// <summary>Closes the descriptor of a connection that is not wanted.</summary>
    public void Close()
    {
        if (_managed is null)
            SocketDescriptor.Close(Descriptor);
        else
            _managed.Dispose();
    }

    internal AcceptedSocket From(int listener) => new(this, listener);

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
