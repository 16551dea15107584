using System.Net;

namespace AsyncServer.Runtime;

/// <summary>
/// A stream connection on a hub. Its operations never block: they move what can be moved now, and the two waits tell when to
/// try again. All members belong to the hub's thread unless they say otherwise; one wait to read and one to write may be
/// under way at a time.
/// </summary>
public sealed partial class Connection : IHubEntry, IServed, IDisposable
{
    [Flags]
    private enum States : ushort
    {
        None = 0,
        Readable = 1,
        Writable = 2,
        PeerClosed = 4,
        Broken = 8,
        Draining = 32,
        Idle = 64,
        Closed = 128,
        Unwatched = 256,
        HandingOver = 512,
        Stacked = 1024, // the transport is a decorator
        HoldsOutput = 2048, // the decorator waits for room
    }

    private static readonly Action<object?> CancelCallback = static state => ((CancellationTokenSource)state!).Cancel();

    // All of them belong to the hub's thread. Other threads may read the transport, for the peer's address, and the state, for whether the
    // connection is closed.
    private readonly long _token;
    private readonly int _descriptor; // what the hub's poller watches, or -1
    private readonly HubWait _readable;
    private HubWait? _writable;
    private CancellationTokenSource? _cancellation;
    private Transport _transport;
    private DeadlinePair _deadlines;
    private States _states;

    /// <summary>Takes a place on the hub; called on its thread.</summary>
    /// <param name="hub">The hub that serves the connection.</param>
    /// <param name="transport">Moves its bytes. When this fails, what the transport stands on is still the caller's to close.</param>
    /// <param name="descriptor">What the hub's poller watches, or -1 for a transport that reports its readiness itself.</param>
    internal Connection(Hub hub, Transport transport, int descriptor = -1)
    {
        Hub = hub;
        _transport = transport;
        _descriptor = descriptor;
        _readable = new ReadWait(hub);
        _states = States.Writable | (hub.IsDraining ? States.Draining : hub.IsHandingOver ? States.HandingOver : States.None);
        _token = hub.Register(this, descriptor);
        _deadlines = new DeadlinePair(EntryTable.SlotOf(_token));
        transport.Attach(this);
    }

    /// <summary>The hub that serves this connection.</summary>
    public Hub Hub { get; }

    /// <summary>This end's address, or null where the transport has none or the connection is closed.</summary>
    public EndPoint? LocalEndPoint => IsClosed ? null : _transport.LocalEndPoint;

    /// <summary>The peer's address, or null where the transport has none.</summary>
    public EndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    /// <summary>
    /// Writes the peer's IP address as ASCII text, without making an <see cref="EndPoint"/> where it can; any thread may call it.
    /// </summary>
    /// <param name="text">Room for it; 64 bytes are enough.</param>
    /// <returns>Bytes written; 0 where the transport has no IP address.</returns>
    public int FormatRemoteAddress(Span<byte> text) => _transport.FormatRemoteAddress(text);

    /// <summary>
    /// Cancelled when the connection can no longer carry an answer: the peer reset it, a send failed, a deadline passed, it was
    /// aborted or closed. A FIN alone does not cancel it: a half-closed client still wants its answer.
    /// </summary>
    public CancellationToken CancellationToken
    {
        get
        {
            if (_cancellation is null)
            {
                _cancellation = new CancellationTokenSource();
                if (Has(States.Broken | States.Closed) || _deadlines.HasExpired)
                    _cancellation.Cancel();
            }
            return _cancellation.Token;
        }
    }

    /// <summary>Whether the hub drains, or descriptors run short: end as soon as no answer is owed.</summary>
    public bool IsDraining => Has(States.Draining);

    /// <summary>
    /// Whether the next answer is to be the last one: as <see cref="IsDraining"/>, or because the hub hands over, for which it may wait.
    /// </summary>
    public bool IsEnding => Has(States.Draining | States.HandingOver);

    /// <summary>Whether a deadline passed. Setting another one clears it.</summary>
    public bool IsTimedOut => _deadlines.HasExpired;

    /// <summary>The deadlines of this connection, one for each direction.</summary>
    public Deadlines Deadlines => new(this);

    internal ref DeadlinePair Pair => ref _deadlines;

    /// <summary>Whether it was closed or aborted on this side.</summary>
    public bool IsClosed => Has(States.Closed);

    /// <summary>
    /// Set by the protocol while nothing is owed to the peer. Idle connections end first when the hub drains or descriptors run short.
    /// </summary>
    public bool IsIdle
    {
        get => Has(States.Idle);
        set => _states = value ? _states | States.Idle : _states & ~States.Idle;
    }

    /// <summary>Bytes that sends have moved since the connection began.</summary>
    public long SentCount { get; private set; }

    /// <summary>
    /// How many of them the peer's system has acknowledged: asks the system, which counts what it still holds. Where it cannot tell, all
    /// count.
    /// </summary>
    public long TakenCount => IsClosed ? SentCount : Math.Max(0, SentCount - _transport.PendingCount(SentCount));

    /// <summary>
    /// Sets one deadline for reading and writing alike, counted from now. When it passes (noticed at most 250 ms late by a hub that has
    /// time), waits end with false and <see cref="CancellationToken"/> is cancelled. <see cref="Deadlines"/> has one for each direction.
    /// </summary>
    /// <param name="duration">Above zero; <see cref="TimeSpan.Zero"/> or <see cref="Timeout.InfiniteTimeSpan"/> for no deadline.</param>
    public void SetDeadline(TimeSpan duration)
    {
        Deadlines.SetRead(duration);
        Deadlines.SetWrite(duration);
    }

    /// <summary>Waits until a receive has something to say: bytes, the end, or that the connection is broken.</summary>
    /// <returns>False when the deadline passed or the connection was closed on this side; true may come early.</returns>
    /// <exception cref="InvalidOperationException">Another wait to read is under way, or this is not the hub's thread.</exception>
    public ValueTask<bool> WaitReadableAsync()
    {
        CheckThread();
        if (Has(States.Closed) || _deadlines.IsReadExpired)
            return new ValueTask<bool>(false);
        if (Has(States.Readable | States.PeerClosed | States.Broken) || HasBufferedInput)
            return new ValueTask<bool>(true);
        if (!Hub.IsEdgeTriggered && _descriptor >= 0)
            Hub.Arm(_descriptor, _token, PollEvents.Readable);
        return _readable.Begin();
    }

    /// <summary>Waits until a send can move something, or has to say that the connection is broken.</summary>
    /// <returns>False when the deadline passed or the connection was closed on this side; true may come early.</returns>
    /// <exception cref="InvalidOperationException">Another wait to write is under way, or this is not the hub's thread.</exception>
    public ValueTask<bool> WaitWritableAsync()
    {
        CheckThread();
        if (Has(States.Closed) || _deadlines.IsWriteExpired)
            return new ValueTask<bool>(false);
        if (Has(States.Writable | States.Broken))
            return new ValueTask<bool>(true);
        if (!Hub.IsEdgeTriggered && _descriptor >= 0)
            Hub.Arm(_descriptor, _token, PollEvents.Writable);
        return (_writable ??= new WriteWait(Hub)).Begin();
    }

    /// <summary>Closes the connection in good order; further calls do nothing.</summary>
    public void Close() => End(reset: false);

    /// <summary>Resets the connection: the peer learns that it was cut off. Further calls do nothing.</summary>
    public void Abort() => End(reset: true);

    /// <summary>The same as <see cref="Close"/>.</summary>
    public void Dispose() => Close();

    /// <summary>Runs its handler in the current coroutine; when that fails, the peer learns that it was cut off.</summary>
    internal Task ServeAsync(Func<Connection, Task> handle)
    {
        Coroutine.Current!.AbortOnFailure(this);
        return handle(this);
    }

    /// <summary>Asks for an end as soon as no answer is owed; a wait to read comes back so that it can look once more and end.</summary>
    internal void Drain()
    {
        _states |= States.Draining;
        _readable.Complete(true);
    }

    /// <summary>It cannot take bytes before the poller says so: it is still connecting.</summary>
    private void AwaitConnected() => _states &= ~States.Writable;

    private bool Has(States any) => (_states & any) != 0;

    private void Break()
    {
        _states |= States.Broken;
        Cancel();
    }

    private void End(bool reset)
    {
        if (IsClosed)
            return; // also on the thread pool, where what outlives its hub runs to its end
        CheckThread();
        _states |= States.Closed;
        _deadlines.Close();
        Cancel();
        Hub.Unregister(_token, Has(States.Unwatched) ? -1 : _descriptor);
        _transport.Close(reset);
        CompleteWaits(false);
        Hub.Occupancy.ConnectionGone();
    }

    // Callbacks of the token are other people's code: they get a turn of their own.
    private void Cancel()
    {
        if (_cancellation is { IsCancellationRequested: false } source)
            Hub.Enqueue(new WorkItem(null, CancelCallback, source));
    }

    private void CompleteWaits(bool result)
    {
        _writable?.Complete(result);
        _readable.Complete(result);
    }

    // A closed connection answers everywhere: a finally block may run on the pool once the hub has stopped.
    private void CheckThread()
    {
        if (!IsClosed)
            Hub.CheckThread();
    }

    private sealed class ReadWait(Hub hub) : HubWait(hub)
    {
        internal override string Purpose => "input";
    }

    private sealed class WriteWait(Hub hub) : HubWait(hub)
    {
        internal override string Purpose => "room for output";
    }
}
