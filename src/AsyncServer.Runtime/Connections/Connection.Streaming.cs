using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <content>Receiving and sending that wait, for handlers that do not care for readiness.</content>
public sealed partial class Connection
{
    private const int BytesPerShare = 64;

    private ushort _movedThisTurn; // in shares, begun ones counted: short transfers cost time as well

    /// <summary>
    /// Receives what is there, and waits for it if nothing is (gevent: <c>socket.recv</c>). It allocates nothing when bytes are there.
    /// </summary>
    /// <param name="buffer">An empty one waits until there is something to receive, and holds no memory meanwhile.</param>
    /// <param name="cancellation">Ends the wait; the connection stays as it was.</param>
    /// <returns>How many bytes came; 0 when the peer has closed its side, or for an empty buffer.</returns>
    /// <exception cref="IOException">The connection was reset, closed on this side, or its deadline passed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the coroutine was killed.</exception>
    /// <exception cref="InvalidOperationException">Another receive is under way, or this is not the hub's thread.</exception>
    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        CheckThread();
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled<int>(cancellation);

        // Where nothing was reported a receive would most likely find nothing: the wait costs no system call.
        if (!(Has(States.Readable | States.PeerClosed) || HasBufferedInput) || Has(States.Closed) || _deadlines.IsReadExpired
            || TakesTooLong)
            return WaitAndReceiveAsync(buffer, cancellation);
        var result = Receive(buffer.Span);
        if (result.Status is not (TransferStatus.Done or TransferStatus.EndOfStream))
            return WaitAndReceiveAsync(buffer, cancellation);
        Moved(result.Count);
        return new ValueTask<int>(result.Count);
    }

    /// <summary>
    /// Sends all bytes, waiting as often as the peer makes it (gevent: <c>socket.sendall</c>). It allocates nothing when there is room for
    /// them.
    /// </summary>
    /// <param name="data">Must not change until the send has ended.</param>
    /// <param name="cancellation">Ends the wait; a part of the bytes may have left then.</param>
    /// <exception cref="IOException">The connection was reset, closed on this side, or its deadline passed.</exception>
    /// <exception cref="OperationCanceledException">Cancelled, or the coroutine was killed.</exception>
    /// <exception cref="InvalidOperationException">Another send is under way, or this is not the hub's thread.</exception>
    public ValueTask SendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation = default)
    {
        CheckThread();
        if (cancellation.IsCancellationRequested)
            return ValueTask.FromCanceled(cancellation);
        if (!Has(States.Writable) || Has(States.Closed) || _deadlines.IsWriteExpired || TakesTooLong)
            return WaitAndSendAsync(data, cancellation);
        var result = Send(data.Span);
        int sent = result.Count;
        if (result.Status != TransferStatus.Done || sent < data.Length)
            return WaitAndSendAsync(data[sent..], cancellation);
        Moved(sent);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// The connection as a stream, for what wants one: <see cref="StreamReader"/>, <c>CopyToAsync</c>, <c>SslStream</c>. Its asynchronous
    /// operations may be called on any thread; closing it closes the connection.
    /// </summary>
    public Stream AsStream() => new ConnectionStream(this);

    /// <summary>Waits until a connect has ended, well or not.</summary>
    private ValueTask WaitConnectedAsync(CancellationToken cancellation) => WaitAsync(WaitWritableAsync(), _writable, cancellation);

    private bool TakesTooLong => _movedThisTurn >= TurnBudget.Bytes / BytesPerShare;

    private void Moved(int count) => _movedThisTurn = (ushort)Math.Min(_movedThisTurn + (count / BytesPerShare) + 1, ushort.MaxValue);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAndReceiveAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (TakesTooLong)
            await GiveTurnAsync();
        while (true)
        {
            // As WaitAsync does it: a receive that waits is the common case, and gets on with one state machine.
            bool isReady;
            var ready = WaitReadableAsync();
            var registration = BeginWait(ready.IsCompleted, _readable, cancellation);
            try
            {
                isReady = await ready;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellation);
            }
            finally
            {
                registration.Unregister();
            }
            if (!isReady)
                throw Failure();
            var result = Receive(buffer.Span);
            switch (result.Status)
            {
                case TransferStatus.Done:
                    Moved(result.Count);
                    return result.Count;
                case TransferStatus.EndOfStream:
                    return 0;
                case TransferStatus.Broken:
                    throw Failure();
            }
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAndSendAsync(ReadOnlyMemory<byte> data, CancellationToken cancellation)
    {
        while (true)
        {
            await GiveTurnAsync();
            await WaitAsync(WaitWritableAsync(), _writable, cancellation);
            var result = Send(data.Span);
            if (result.Status == TransferStatus.Broken)
                throw Failure();
            Moved(result.Count);
            data = data[result.Count..];
            if (data.IsEmpty)
                return;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAsync(ValueTask<bool> ready, HubWait? wait, CancellationToken cancellation)
    {
        bool isReady;
        var registration = BeginWait(ready.IsCompleted, wait, cancellation);
        try
        {
            isReady = await ready;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
        finally
        {
            registration.Unregister();
        }
        if (!isReady)
            throw Failure();
    }

    private CancellationTokenRegistration BeginWait(bool isOver, HubWait? wait, CancellationToken cancellation)
    {
        if (isOver)
            return default;
        _movedThisTurn = 0;
        return wait!.InterruptOn(cancellation);
    }

    private async ValueTask GiveTurnAsync()
    {
        if (!TakesTooLong || IsClosed)
            return;
        _movedThisTurn = 0;
        await Coroutine.Yield();
    }

    private IOException Failure()
    {
        string peer = RemoteEndPoint is { } remote ? $" with {remote}" : "";
        return Has(States.Closed) ? new IOException($"The connection{peer} was closed on this side.")
            : _deadlines.HasExpired ? new IOException($"The deadline of the connection{peer} passed.", new TimeoutException())
            : new IOException($"The connection{peer} was reset by the peer.");
    }
}
