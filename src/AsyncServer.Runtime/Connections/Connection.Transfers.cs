using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <content>What the transport moves, and what the connection learns from it.</content>
public sealed partial class Connection
{
    /// <summary>Receives what is there, without waiting.</summary>
    /// <param name="buffer">An empty one moves nothing; its result says whether there is something, an end included.</param>
    public TransferResult Receive(Span<byte> buffer)
    {
        CheckThread();
        if (IsClosed)
            return TransferResult.Broken;
        var result = _transport.Receive(buffer);
        if (result.IsDrained)
            _states &= ~States.Readable;
        if (result.Status == TransferStatus.Broken)
            Break();
        if (Has(States.Stacked))
            AfterDecorator(result);

        // No bytes for no room are not the end of the stream.
        return buffer.IsEmpty && result.Status == TransferStatus.EndOfStream ? TransferResult.Done(0) : result;
    }

    /// <summary>Sends as much as the transport takes now, without waiting.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="moreFollows">
    /// Whether a further send follows at once, so that the transport may hold these bytes and send both together.
    /// </param>
    public TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows = false)
    {
        CheckThread();
        return IsClosed ? TransferResult.Broken : AfterSend(_transport.Send(data, moreFollows));
    }

    /// <summary>Sends two pieces as one, as much as the transport takes now, without waiting.</summary>
    public TransferResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        CheckThread();
        return IsClosed ? TransferResult.Broken : AfterSend(_transport.Send(first, second));
    }

    /// <summary>Sends a part of a file, as much as the transport takes now, without waiting for the peer.</summary>
    /// <param name="file">An open regular file.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="count">How long it is, above zero.</param>
    /// <returns><see cref="TransferStatus.EndOfStream"/> when the file ends before the part does.</returns>
    public TransferResult SendFile(SafeFileHandle file, long offset, int count)
    {
        CheckThread();
        return IsClosed ? TransferResult.Broken : AfterSend(_transport.SendFile(file, offset, count));
    }

    /// <summary>Closes the sending side (FIN); receiving goes on.</summary>
    public void ShutdownSend()
    {
        CheckThread();
        if (!IsClosed)
            _transport.ShutdownSend();
    }

    /// <summary>
    /// Gives back bytes that were received and belong to whoever receives next: they come before everything else. They are copied.
    /// </summary>
    internal void Unread(ReadOnlySpan<byte> bytes)
    {
        CheckThread();
        if (IsClosed || bytes.IsEmpty)
            return;
        Stack(new UnreadTransport(_transport, bytes));
        _readable.Complete(true);
    }

    /// <summary>Sends everything through a decorator that stands on <see cref="Transport"/> from here on.</summary>
    internal void Stack(TransportDecorator decorator)
    {
        _transport = decorator;
        _states |= States.Stacked;
    }

    /// <summary>A transport without a descriptor reports its readiness here, on the hub's thread.</summary>
    internal void Ready(PollEvents events) => ((IHubEntry)this).OnReady(events);

    internal bool IsReadAwaited => _readable.IsPending;

    /// <summary>What a decorator is to stand on.</summary>
    internal Transport Transport => _transport;

    // Asked for each wait: a plain transport holds nothing and is not asked.
    private bool HasBufferedInput => Has(States.Stacked) && _transport.HasBufferedInput;

    private TransferResult AfterSend(TransferResult result)
    {
        SentCount += result.Count;
        if (result.Status == TransferStatus.WouldBlock)
            _states &= ~States.Writable;
        else if (result.Status == TransferStatus.Broken)
            Break();
        if (Has(States.Stacked))
            AfterDecorator(result);
        return result;
    }

    private void AfterDecorator(TransferResult result)
    {
        _transport = _transport.Peel();
        if (!_transport.IsDecorator)
            _states &= ~States.Stacked;
        if (!result.HoldsOutput)
            return;
        _states = (_states | States.HoldsOutput) & ~States.Writable;
        if (!Hub.IsEdgeTriggered && _descriptor >= 0)
            Hub.Arm(_descriptor, _token, PollEvents.Writable);
    }

    // There is room again: what the transport holds back leaves before anyone else's bytes.
    private void FlushTransport()
    {
        _states &= ~States.HoldsOutput;
        AfterSend(_transport.Flush());
    }
}
