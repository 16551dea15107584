using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A connected stream socket on a hub of <see cref="TransportKind.Sockets"/>. It moves bytes as <see cref="SocketConnection"/> does; that it is readable it learns from
/// a receive of no bytes, which holds no buffer, and that it is writable from the end of a small send.
/// </summary>
/// <remarks>
/// While input or a FIN lies unread nothing tells of a reset, as that receive would end at once: the next receive or send does. An answer in two pieces may leave in two
/// packets, since sockets of the platform cannot be told that more follows.
/// </remarks>
internal sealed partial class ManagedSocketConnection : Connection
{
    // Two pieces up to here are copied into one: a packet and a call less cost more than the copy.
    private const int JoinSize = 16 * 1024;

    private readonly Socket _socket;
    private readonly PeerAddress _peer;
    private readonly SocketOperation _watch;
    private PendingSend? _pending;
    private bool _isBroken;

    /// <summary>Takes over a socket; when this fails, it is still the caller's to close.</summary>
    internal ManagedSocketConnection(Hub hub, Socket socket, PeerAddress peer) : base(hub, descriptor: -1)
    {
        _socket = socket;
        _peer = peer;
        _watch = new SocketOperation(hub, OnWatched);
        _watch.SetBuffer(Memory<byte>.Empty);
        Watch();
    }

    public override EndPoint? LocalEndPoint
    {
        get
        {
            if (IsClosed)
                return null;
            try { return PeerAddress.FromEndPoint(_socket.LocalEndPoint).ToEndPoint(); }
            catch (SocketException) { return null; /* some systems do not tell it of what was reset */ }
        }
    }

    public override EndPoint? RemoteEndPoint => _peer.ToEndPoint();

    public override int FormatRemoteAddress(Span<byte> text) => _peer.Format(text);

    private protected override int PendingCount => Math.Max(_pending?.Count ?? 0, SendQueue.Unacknowledged(_socket, SentCount));

    private protected override TransferResult ReceiveCore(Span<byte> buffer)
    {
        if (_isBroken)
            return TransferResult.Broken; // the watch has taken the error from the socket
        if (buffer.IsEmpty)
            return TransferResult.Done(0);
        int count = _socket.Receive(buffer, SocketFlags.None, out var error);
        switch (error)
        {
            case SocketError.Success when count > 0:
                if (count < buffer.Length)
                    Watch();
                return TransferResult.Done(count);
            case SocketError.Success:
                return TransferResult.EndOfStream;
            case SocketError.WouldBlock:
                Watch();
                return TransferResult.WouldBlock;
            default:
                _isBroken = true;
                return TransferResult.Broken;
        }
    }

    private protected override TransferResult SendCore(ReadOnlySpan<byte> data, bool moreFollows)
    {
        if (data.IsEmpty)
            return TransferResult.Done(0);
        if (_pending is { IsUnderWay: true })
            return TransferResult.WouldBlock;
        int sent = _socket.Send(data, SocketFlags.None, out var error);
        if (sent > 0)
            return TransferResult.Done(sent);
        if (error != SocketError.WouldBlock)
            return TransferResult.Broken;
        _pending ??= new PendingSend(Hub, _socket, OnSent);
        return TransferResult.Done(_pending.Begin(data));
    }

    private protected override TransferResult SendCore(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.Length + second.Length <= JoinSize)
            return SendJoined(first, second);
        var result = SendCore(first, moreFollows: true);
        if (result.Status != TransferStatus.Done || result.Count < first.Length)
            return result;
        var rest = SendCore(second, moreFollows: false);
        return rest.Status == TransferStatus.Done ? TransferResult.Done(first.Length + rest.Count)
            : first.IsEmpty ? rest
            : result;
    }

    private protected override TransferResult SendFileCore(SafeFileHandle file, long offset, int count) =>
        _pending is { IsUnderWay: true } ? TransferResult.WouldBlock : SendCopy(file, offset, count);

    private protected override void ShutdownSendCore()
    {
        if (_pending is { IsUnderWay: true } pending)
            pending.ThenShutdown = true; // the FIN comes after the bytes
        else
            Shutdown(_socket, SocketShutdown.Send);
    }

    private protected override void CloseCore(bool reset)
    {
        if (reset)
            Reset(_socket);
        else if (_pending is not { IsUnderWay: true } pending || !LastSend.TryLinger(Hub, _socket, pending))
            Finish(_socket);
        _watch.Abandon();
        _pending?.Abandon();
    }

    /// <summary>Closes in good order: a platform socket that is closed while a receive is under way resets, unless it was shut down.</summary>
    internal static void Finish(Socket socket)
    {
        Shutdown(socket, SocketShutdown.Both);
        socket.Dispose();
    }

    internal static void Reset(Socket socket)
    {
        try { socket.LingerState = new LingerOption(true, 0); }
        catch (SocketException) { /* the peer was faster */ }
        catch (ObjectDisposedException) { /* closed already */ }
        socket.Dispose();
    }

    internal static void Shutdown(Socket socket, SocketShutdown how)
    {
        try { socket.Shutdown(how); }
        catch (SocketException) { /* the connection is gone, which the next receive or send says */ }
        catch (ObjectDisposedException) { /* closed already */ }
    }

    private TransferResult SendJoined(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        byte[] joined = ArrayPool<byte>.Shared.Rent(first.Length + second.Length);
        first.CopyTo(joined);
        second.CopyTo(joined.AsSpan(first.Length));
        var result = SendCore(joined.AsSpan(0, first.Length + second.Length), moreFollows: false);
        ArrayPool<byte>.Shared.Return(joined);
        return result;
    }

    private void Watch()
    {
        if (!_watch.IsPending)
            _watch.Receive(_socket);
    }

    private void OnWatched()
    {
        if (IsClosed)
            return;
        _isBroken |= _watch.SocketError != SocketError.Success;

        // A receive of no bytes ends well after a reset, too. Who waits to read learns it at once; else somebody must look.
        var events = IsReadAwaited && !_isBroken ? PollEvents.Readable : Look();
        if (events == PollEvents.None)
            Watch(); // what ended it has been received meanwhile
        else
            Ready(events);
    }

    private PollEvents Look()
    {
        Span<byte> first = stackalloc byte[1];
        int count = 0;
        var error = SocketError.ConnectionReset;
        if (!_isBroken)
            count = _socket.Receive(first, SocketFlags.Peek, out error);
        _isBroken |= error is not (SocketError.Success or SocketError.WouldBlock);
        return _isBroken ? PollEvents.Readable | PollEvents.Broken
            : error == SocketError.WouldBlock ? PollEvents.None
            : count == 0 ? PollEvents.Readable | PollEvents.PeerClosed
            : PollEvents.Readable;
    }

    private protected override void ReportLateInput()
    {
        if (IsReadAwaited && Look() is var events and not PollEvents.None)
            Ready(events);
    }

    private void OnSent(bool isGood)
    {
        if (!IsClosed)
            Ready(isGood ? PollEvents.Writable : PollEvents.Writable | PollEvents.Broken);
    }
}
