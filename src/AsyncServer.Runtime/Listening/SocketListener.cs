using System.ComponentModel;
using System.Net;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// A listening stream socket on a hub. There is one for an address, without SO_REUSEPORT unless <see cref="ListenOptions.ReusePort"/>
/// asks for it, so that a port in use is an error. Whoever accepts spreads the connections over hubs.
/// </summary>
public sealed class SocketListener : IHubEntry
{
    /// <summary>The backlog unless told otherwise; the system caps it (net.core.somaxconn).</summary>
    public const int DefaultBacklog = 4096;

    // Connections that end early for each hub when descriptors run short.
    private const int EvictedAtOnce = 32;

    private readonly Hub _hub;
    private readonly Socket _socket;
    private readonly int _descriptor; // -1 where the acceptor accepts
    private readonly ManagedAcceptor? _acceptor;
    private readonly long _token;
    private readonly HubWait _acceptable;
    private readonly AcceptBackoff _backoff = new();
    private int _accepted;
    private bool _isDraining;
    private bool _hasFailed; // after the last accept, see PauseAsync
    private bool _isUnwatched;
    private bool _isClosed;

    private SocketListener(Hub hub, Socket socket, Func<CancellationToken, ValueTask<Socket>>? managedAccept)
    {
        _hub = hub;
        _socket = socket;
        _acceptor = hub.Transport == TransportKind.Sockets
            ? new ManagedAcceptor(hub, socket, OnNews) { Accept = managedAccept ?? socket.AcceptAsync } : null;
        _descriptor = _acceptor is null ? (int)socket.Handle : -1;
        LocalEndPoint = socket.LocalEndPoint!;
        _acceptable = new AcceptWait(hub);
        _isDraining = hub.IsDraining || hub.IsHandingOver;
        if (_isDraining)
            _acceptor?.Drain();
        _token = hub.Register(this, _descriptor);
        hub.Occupancy.ListenerOpened();
    }

    /// <summary>The system call, so that tests can have it fail.</summary>
    internal delegate int AcceptCall(int listener, out PeerAddress peer);

    /// <summary>Whether it has closed: no connection comes from it any more. The hub's thread alone may read it.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>The address that it is bound to, with the port that the system chose for port 0.</summary>
    public EndPoint LocalEndPoint { get; }

    /// <summary>Called when descriptors or memory ran short, with how many connections ought to end; hubs close idle ones.</summary>
    public Action<int>? Shortage { get; init; }

    /// <summary>
    /// Tells that no further connection can be taken for now, though the system would: connections that come meanwhile count as a
    /// shortage and wait in the backlog.
    /// </summary>
    public Func<bool>? IsFull { get; init; }

    internal AcceptCall Accept { get; init; } = SocketDescriptor.Accept;

    /// <summary>
    /// Opens a listening socket. Any thread may call it; <see cref="Attach(Hub, Socket, Action{int}, Func{bool})"/> puts it on its hub.
    /// </summary>
    /// <param name="endPoint">
    /// An IP address, where the IPv6 wildcard takes IPv4 too; a <see cref="UnixDomainSocketEndPoint"/>, whose file is replaced when nobody
    /// listens there any more; a <see cref="DescriptorEndPoint"/>; or a <see cref="BoundSocketEndPoint"/>.
    /// </param>
    /// <param name="backlog">Connections that wait to be accepted.</param>
    /// <param name="mode">The mode of a unix socket's file; null leaves it to the umask.</param>
    /// <exception cref="SocketException">The address is in use, not permitted, or not one of this machine.</exception>
    public static Socket Bind(EndPoint endPoint, int backlog = DefaultBacklog, UnixFileMode? mode = null)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        return ListenSocket.Open(endPoint, new ListenOptions { EndPoint = endPoint, Backlog = backlog, UnixSocketMode = mode });
    }

    /// <summary>
    /// Opens several listening sockets of one address, among which the system spreads connections by their source (SO_REUSEPORT).
    /// </summary>
    /// <param name="endPoint">An IP address. With port 0 all have the one that the system chose for the first.</param>
    /// <param name="count">How many, above zero.</param>
    /// <param name="backlog">Connections that wait to be accepted on each.</param>
    /// <exception cref="SocketException">
    /// The address is in use, also by others that share it among themselves; or it is not permitted, or not one of this machine.
    /// </exception>
    public static IReadOnlyList<Socket> BindGroup(IPEndPoint endPoint, int count, int backlog = DefaultBacklog)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        return ListenSocket.OpenGroup(endPoint, new ListenOptions { EndPoint = endPoint, Backlog = backlog }, count);
    }

    /// <summary>Puts a listening socket on a hub and owns it from now on, also when it throws; called on the hub's thread.</summary>
    /// <exception cref="InvalidOperationException">The hub has stopped, or this is not its thread.</exception>
    /// <exception cref="Win32Exception">The system refused to watch the socket.</exception>
    public static SocketListener Attach(Hub hub, Socket socket, Action<int>? shortage = null, Func<bool>? isFull = null) =>
        Attach(hub, socket, shortage, SocketDescriptor.Accept, isFull);

    internal static SocketListener Attach(Hub hub, Socket socket, Action<int>? shortage, AcceptCall accept, Func<bool>? isFull = null,
        Func<CancellationToken, ValueTask<Socket>>? managedAccept = null)
    {
        ArgumentNullException.ThrowIfNull(hub);
        ArgumentNullException.ThrowIfNull(socket);
        DescriptorTable.PrepareOnce();
        try
        {
            return new SocketListener(hub, socket, managedAccept) { Shortage = shortage, Accept = accept, IsFull = isFull };
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next connection.</summary>
    /// <returns>The connection, or the default value once the listener has closed and its backlog is taken.</returns>
    /// <exception cref="InvalidOperationException">Another accept waits, or this is not the hub's thread.</exception>
    public async ValueTask<AcceptedSocket> AcceptAsync()
    {
        while (!_isClosed)
        {
            _hub.CheckThread();
            if (++_accepted % TurnBudget.Accepts == 0)
            {
                await Coroutine.Yield();
                if (_isClosed)
                    break;
            }
            if (IsFull?.Invoke() == true && SomebodyWaits())
            {
                await PauseAsync(Errno.TooManyFilesInProcess);
                continue;
            }
            int error = TryAccept(out var accepted);
            switch (error)
            {
                case 0:
                    if (!_hasFailed)
                        _backoff.Reset();
                    _hasFailed = false;
                    return accepted;
                case Errno.TryAgain when _isDraining && _acceptor is not { IsWaiting: true }:
                    Close();
                    break;
                case Errno.TryAgain:
                    if (TryArm(out error))
                        await _acceptable.Begin();
                    else
                        await PauseAsync(error);
                    break;
                case Errno.Interrupted:
                    break;
                case var gone when Errno.IsOfOneConnection(gone):
                    break; // that connection is gone; the next one may be fine
                default:
                    await PauseAsync(error);
                    break;
            }
        }
        return default;
    }

    /// <summary>
    /// For accept loops, when something has failed that is no fault of a client, memory for instance: waits until it is worth another try,
    /// 10 ms and up to 1 s when one failure follows the other. The hub's observer hears of it at most once a second
    /// (<see cref="IHubObserver.AcceptPaused"/>).
    /// </summary>
    /// <param name="cause">What was thrown.</param>
    /// <exception cref="InvalidOperationException">This is not the hub's thread.</exception>
    public ValueTask PauseAsync(Exception cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        _hub.CheckThread();
        _acceptable.Forget();
        _hasFailed = true;
        bool isShortage = cause is OutOfMemoryException;
        return PauseAsync(isShortage ? cause.Message : cause.ToString(), isShortage); // what nobody expects is told with its stack
    }

    /// <summary>Closes it; connections that wait in the backlog are reset. Further calls do nothing.</summary>
    /// <exception cref="InvalidOperationException">This is not the hub's thread.</exception>
    public void Close()
    {
        if (_isClosed)
            return;
        _hub.CheckThread();
        _isClosed = true;
        if (_acceptor is null)
            Unwatch(); // where other processes hold the socket too, closing it here would not end the watching
        _hub.Unregister(_token, _isUnwatched ? -1 : _descriptor);
        _socket.Dispose();
        _acceptor?.Close();
        _hub.Occupancy.ListenerClosed();
        _acceptable.Complete(true);
    }

    /// <summary>Takes what the backlog holds, then closes. Called on the hub's thread.</summary>
    internal void Drain()
    {
        _isDraining = true;
        _acceptor?.Drain();
        _acceptable.Complete(true);
    }

    void IHubEntry.OnReady(PollEvents events)
    {
        if (!_hub.IsEdgeTriggered && !_acceptable.IsPending)
        {
            try { _hub.Disarm(_descriptor, _token, PollEvents.Readable); }
            catch (Win32Exception) { /* it is reported again, and the next report disarms it */ }
        }
        _acceptable.Complete(true);
    }

    void IHubEntry.OnDeadline() { }

    // The accept loop takes what the backlog still holds and closes at the first "would block".
    void IHubEntry.OnDrain() => Drain();

    void IHubEntry.OnHandOver() => Drain();

    void IHubEntry.OnStop() => Close();

    // EMFILE, ENFILE, ENOBUFS, ENOMEM: the connection stays in the backlog, and an edge-triggered poller is told to forget the
    // socket and to look again, since no further edge may come.
    private ValueTask PauseAsync(int error) => PauseAsync(Reason(error), Errno.IsShortage(error));

    private async ValueTask PauseAsync(string reason, bool isShortage)
    {
        var pause = _backoff.Next();
        if (_backoff.ShouldReport(_hub.Clock.Now))
            _hub.ReportAcceptPaused(LocalEndPoint, reason, pause);
        if (isShortage)
            Shortage?.Invoke(EvictedAtOnce);
        try
        {
            Unwatch();
            await Coroutine.Sleep(pause);
            Watch();
        }
        catch (Win32Exception) { /* still short; the next accept that has to wait finds it unwatched and pauses again */ }
        catch (OperationCanceledException) when (_isClosed) { /* the hub stops and has closed this */ }
    }

    private int TryAccept(out AcceptedSocket accepted)
    {
        accepted = default;
        if (_acceptor is not null)
            return _acceptor.TryAccept(out accepted);
        int descriptor = Accept(_descriptor, out var peer);
        if (descriptor < 0)
            return -descriptor;
        if (descriptor >= _hub.DescriptorCap)
        {
            SocketDescriptor.Close(descriptor); // all below are taken, since the system gives the lowest that is free
            return Errno.TooManyFilesInProcess;
        }
        accepted = new AcceptedSocket(descriptor, peer);
        return 0;
    }

    private bool SomebodyWaits() => _acceptor is { HasArrived: true } || _socket.Poll(0, SelectMode.SelectRead);

    private void OnNews() => _acceptable.Complete(true);

    private string Reason(int error)
    {
        if (_acceptor is { Failure.Length: > 0 })
            return _acceptor.Failure; // elsewhere than on Linux the numbers have other meanings
        return error == Errno.TooManyFilesInProcess && _hub.DescriptorCap < int.MaxValue
            ? $"descriptors run short, and this poller has no room for those from {_hub.DescriptorCap} on"
            : Errno.ToException(error, "accept").Message;
    }

    // Sees that the next connection will be reported; false with the system's error number when it will not.
    private bool TryArm(out int error)
    {
        error = 0;
        try
        {
            Watch();
            if (!_hub.IsEdgeTriggered)
                _hub.Arm(_descriptor, _token, PollEvents.Readable);
            return true;
        }
        catch (Win32Exception exception)
        {
            error = exception.NativeErrorCode;
            return false;
        }
    }

    private void Unwatch()
    {
        if (_isUnwatched || _acceptor is not null)
            return;
        try
        {
            _hub.Pause(_descriptor);
            _isUnwatched = true;
        }
        catch (Win32Exception) { /* still watched: its reports find nobody waiting */ }
    }

    private void Watch()
    {
        if (!_isUnwatched || _isClosed)
            return;
        _hub.Unpause(_descriptor, _token);
        _isUnwatched = false;
    }

    private sealed class AcceptWait(Hub hub) : HubWait(hub)
    {
        internal override string Purpose => "a connection";
    }
}
