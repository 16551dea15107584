using System.Net;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A stream connection on a hub. Its operations never block: they move what can be moved now, and the two waits tell when to
/// try again. All members belong to the hub's thread unless they say otherwise; one wait to read and one to write may be
/// under way at a time.
/// </summary>
public abstract partial class Connection : IHubEntry, IDisposable
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
    }

    private static readonly Action<object?> CancelCallback = static state => ((CancellationTokenSource)state!).Cancel();

    private readonly long _token;
    private readonly HubWait _readable;
    private HubWait? _writable;
    private CancellationTokenSource? _cancellation;
    private States _states;

    /// <summary>Takes a place on the hub; called on its thread.</summary>
    /// <param name="hub">The hub that serves the connection.</param>
    /// <param name="descriptor">What the hub's poller watches, or -1 for a connection that reports its own readiness.</param>
    private protected Connection(Hub hub, int descriptor)
    {
        Hub = hub;
        Descriptor = descriptor;
        _readable = new ReadWait(hub);
        _states = States.Writable | (hub.IsDraining ? States.Draining : hub.IsHandingOver ? States.HandingOver : States.None);
        _token = hub.Register(this, descriptor);
        Deadlines = new Deadlines(hub, ConnectionTable.SlotOf(_token));
    }

    /// <summary>The hub that serves this connection.</summary>
    public Hub Hub { get; }

    /// <summary>This end's address, or null where the transport has none.</summary>
    public abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address, or null where the transport has none.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Writes the peer's IP address as ASCII text, without making an <see cref="EndPoint"/> where it can; any thread may call it.</summary>
    /// <param name="text">Room for it; 64 bytes are enough.</param>
    /// <returns>Bytes written; 0 where the transport has no IP address.</returns>
    public virtual int FormatRemoteAddress(Span<byte> text) =>
        RemoteEndPoint is IPEndPoint remote && remote.Address.TryFormat(text, out int written) ? written : 0;

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
                if (Has(States.Broken | States.Closed) || Deadlines.HasExpired)
                    _cancellation.Cancel();
            }
            return _cancellation.Token;
        }
    }

    /// <summary>Whether the hub drains, or descriptors run short: end as soon as no answer is owed.</summary>
    public bool IsDraining => Has(States.Draining);

    /// <summary>Whether the next answer is to be the last one: as <see cref="IsDraining"/>, or because the hub hands over, for which it may wait.</summary>
    public bool IsEnding => Has(States.Draining | States.HandingOver);

    /// <summary>Whether a deadline passed. Setting another one clears it.</summary>
    public bool IsTimedOut => Deadlines.HasExpired;

    /// <summary>The deadlines of this connection, one for each direction.</summary>
    public Deadlines Deadlines { get; }

    /// <summary>When the next deadline passes, by the hub's time.</summary>
    internal long Due => Hub.Table.Deadline(ConnectionTable.SlotOf(_token));

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
    /// How many of them the peer's system has acknowledged: asks the system, which counts what it still holds. Where it cannot tell, all count.
    /// </summary>
    public long TakenCount => IsClosed ? SentCount : Math.Max(0, SentCount - PendingCount);

    /// <summary>The descriptor, or -1.</summary>
    private protected int Descriptor { get; }

    /// <summary>
    /// Sets one deadline for reading and writing alike, counted from now. When it passes (noticed at most 250 ms late by a hub that has time), waits end with
    /// false and <see cref="CancellationToken"/> is cancelled. <see cref="Deadlines"/> has one for each direction.
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
        if (Has(States.Closed) || Deadlines.IsReadExpired)
            return new ValueTask<bool>(false);
        if (Has(States.Readable | States.PeerClosed | States.Broken))
            return new ValueTask<bool>(true);
        if (!Hub.IsEdgeTriggered && Descriptor >= 0)
            Hub.Arm(Descriptor, _token, PollEvents.Readable);
        return _readable.Begin();
    }

    /// <summary>Waits until a send can move something, or has to say that the connection is broken.</summary>
    /// <returns>False when the deadline passed or the connection was closed on this side; true may come early.</returns>
    /// <exception cref="InvalidOperationException">Another wait to write is under way, or this is not the hub's thread.</exception>
    public ValueTask<bool> WaitWritableAsync()
    {
        CheckThread();
        if (Has(States.Closed) || Deadlines.IsWriteExpired)
            return new ValueTask<bool>(false);
        if (Has(States.Writable | States.Broken))
            return new ValueTask<bool>(true);
        if (!Hub.IsEdgeTriggered && Descriptor >= 0)
            Hub.Arm(Descriptor, _token, PollEvents.Writable);
        return (_writable ??= new WriteWait(Hub)).Begin();
    }

    /// <summary>Receives what is there, without waiting.</summary>
    /// <param name="buffer">Not empty.</param>
    public TransferResult Receive(Span<byte> buffer)
    {
        CheckThread();
        if (IsClosed)
            return TransferResult.Broken;
        var result = ReceiveCore(buffer);

        // Fewer bytes than asked for means that the queue is empty, and a further arrival is a further event; but a FIN or a
        // reset that came with them is no event of its own, so these keep the connection readable.
        if (result.Status == TransferStatus.WouldBlock || (result.Status == TransferStatus.Done && result.Count < buffer.Length))
            _states &= ~States.Readable;
        else if (result.Status == TransferStatus.Broken)
            Break();
        return result;
    }

    /// <summary>Sends as much as the transport takes now, without waiting.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="moreFollows">Whether a further send follows at once, so that the transport may hold these bytes and send both together.</param>
    public TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows = false)
    {
        CheckThread();
        return IsClosed ? TransferResult.Broken : AfterSend(SendCore(data, moreFollows));
    }

    /// <summary>Sends two pieces as one, as much as the transport takes now, without waiting.</summary>
    public TransferResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        CheckThread();
        return IsClosed ? TransferResult.Broken : AfterSend(SendCore(first, second));
    }

    /// <summary>Sends a part of a file, as much as the transport takes now, without waiting for the peer.</summary>
    /// <param name="file">An open regular file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="count">How long it is, above zero.</param>
    /// <returns><see cref="TransferStatus.EndOfStream"/> when the file ends before the part does.</returns>
    public TransferResult SendFile(SafeFileHandle file, long offset, int count)
    {
        CheckThread();
        return IsClosed ? TransferResult.Broken : AfterSend(SendFileCore(file, offset, count));
    }

    /// <summary>Closes the sending side (FIN); receiving goes on.</summary>
    public void ShutdownSend()
    {
        CheckThread();
        if (!IsClosed)
            ShutdownSendCore();
    }

    /// <summary>Closes the connection in good order; further calls do nothing.</summary>
    public void Close() => End(reset: false);

    /// <summary>Resets the connection: the peer learns that it was cut off. Further calls do nothing.</summary>
    public void Abort() => End(reset: true);

    /// <summary>The same as <see cref="Close"/>.</summary>
    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Bytes that were sent and wait for the peer, as far as the transport knows.</summary>
    private protected virtual int PendingCount => 0;

    /// <summary>The transport's receive.</summary>
    private protected abstract TransferResult ReceiveCore(Span<byte> buffer);

    /// <summary>The transport's send.</summary>
    private protected abstract TransferResult SendCore(ReadOnlySpan<byte> data, bool moreFollows);

    /// <summary>The transport's gathered send.</summary>
    private protected abstract TransferResult SendCore(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>The transport's way of sending a file.</summary>
    private protected abstract TransferResult SendFileCore(SafeFileHandle file, long offset, int count);

    /// <summary>The transport's half-close.</summary>
    private protected abstract void ShutdownSendCore();

    /// <summary>The transport's close; called once.</summary>
    private protected abstract void CloseCore(bool reset);

    /// <summary>A transport without a descriptor reports its readiness here, on the hub's thread.</summary>
    private protected void Ready(PollEvents events) => ((IHubEntry)this).OnReady(events);

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
    private protected void AwaitConnected() => _states &= ~States.Writable;

    private bool Has(States any) => (_states & any) != 0;

    private TransferResult AfterSend(TransferResult result)
    {
        SentCount += result.Count;
        if (result.Status == TransferStatus.WouldBlock)
            _states &= ~States.Writable;
        else if (result.Status == TransferStatus.Broken)
            Break();
        return result;
    }

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
        Deadlines.Close();
        Cancel();
        Hub.Unregister(_token, Has(States.Unwatched) ? -1 : Descriptor);
        CloseCore(reset);
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
