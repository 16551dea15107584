using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>The client's end of a connection that <see cref="MemoryConnection"/> makes. Any thread may use it.</summary>
public sealed class MemoryPeer
{
    private readonly Lock _lock = new();
    private readonly int _capacity;
    private readonly List<byte> _sent = [];
    private readonly List<byte> _received = [];
    private readonly List<TaskCompletionSource> _waiting = [];
    private Action<PollEvents>? _signal;
    private bool _sendEnded;
    private bool _reset;
    private bool _receiveEnded;
    private bool _closed;
    private bool _wasReset;

    internal MemoryPeer(int capacity) => _capacity = capacity;

    /// <summary>Whether the server has closed the connection, well or not.</summary>
    public bool IsClosed { get { lock (_lock) return _closed; } }

    /// <summary>Whether the server cut the connection off (a reset instead of a FIN).</summary>
    public bool WasReset { get { lock (_lock) return _wasReset; } }

    /// <summary>Bytes that the server has sent and this end has not read.</summary>
    internal int UnreadCount { get { lock (_lock) return _received.Count; } }

    /// <summary>Bytes that this end has sent and the server has not received.</summary>
    internal int UntakenCount { get { lock (_lock) return _sent.Count; } }

    /// <summary>Sends bytes to the server; each call is one arrival.</summary>
    public void Send(ReadOnlySpan<byte> data)
    {
        lock (_lock)
            _sent.AddRange(data);
        _signal?.Invoke(PollEvents.Readable);
    }

    /// <summary>Closes this end's sending side (FIN).</summary>
    public void ShutdownSend()
    {
        lock (_lock)
            _sendEnded = true;
        _signal?.Invoke(PollEvents.Readable | PollEvents.PeerClosed);
    }

    /// <summary>Resets the connection.</summary>
    public void Reset()
    {
        lock (_lock)
            _reset = true;
        _signal?.Invoke(PollEvents.Readable | PollEvents.Broken);
    }

    /// <summary>Takes what has arrived, waiting for at least <paramref name="atLeast"/> bytes or the end.</summary>
    /// <param name="atLeast">0 takes what is there.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<byte[]> ReceiveAsync(int atLeast = 1, CancellationToken cancellation = default)
    {
        while (true)
        {
            TaskCompletionSource arrival;
            lock (_lock)
            {
                if (_received.Count >= atLeast || _receiveEnded)
                    return Take();
                arrival = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add(arrival);
            }
            await arrival.Task.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Reads until the server has closed its sending side, emptying the buffer as it fills.</summary>
    public async Task<byte[]> ReceiveToEndAsync(CancellationToken cancellation = default)
    {
        var all = new List<byte>();
        while (true)
        {
            byte[] piece = await ReceiveAsync(1, cancellation).ConfigureAwait(false);
            if (piece.Length == 0)
                return [.. all];
            all.AddRange(piece);
        }
    }

    internal void Attach(Action<PollEvents> signal)
    {
        PollEvents early;
        lock (_lock)
        {
            _signal = signal;
            early = (_sent.Count > 0 ? PollEvents.Readable : 0) | (_sendEnded ? PollEvents.PeerClosed : 0) | (
                _reset ? PollEvents.Broken : 0);
        }
        if (early != PollEvents.None)
            signal(early);
    }

    internal TransferResult TakeSent(Span<byte> buffer)
    {
        lock (_lock)
        {
            if (_reset)
                return TransferResult.Broken;
            if (_sent.Count == 0)
                return _sendEnded ? TransferResult.EndOfStream : TransferResult.Drained;
            int count = Math.Min(buffer.Length, _sent.Count);
            CollectionsMarshal.AsSpan(_sent)[..count].CopyTo(buffer);
            _sent.RemoveRange(0, count);
            return TransferResult.Done(count, isDrained: count < buffer.Length);
        }
    }

    internal TransferResult Deliver(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            if (_reset || _receiveEnded)
                return TransferResult.Broken;
            int count = Math.Min(data.Length, _capacity - _received.Count);
            if (count <= 0)
                return data.IsEmpty ? TransferResult.Done(0) : TransferResult.WouldBlock;
            _received.AddRange(data[..count]);
            WakeAll();
            return TransferResult.Done(count);
        }
    }

    internal void DeliverEnd(bool reset, bool closed = false)
    {
        lock (_lock)
        {
            _receiveEnded = true;
            _closed |= closed;
            _wasReset |= reset;
            WakeAll();
        }
    }

    private byte[] Take()
    {
        bool wasFull = _received.Count >= _capacity;
        byte[] taken = [.. _received];
        _received.Clear();
        if (wasFull)
            _signal?.Invoke(PollEvents.Writable);
        return taken;
    }

    private void WakeAll()
    {
        foreach (var waiter in _waiting)
            waiter.TrySetResult();
        _waiting.Clear();
    }
}
