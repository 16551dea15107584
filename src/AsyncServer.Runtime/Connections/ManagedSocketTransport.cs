using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A connected stream socket on a hub of <see cref="TransportKind.Sockets"/>. It moves bytes as <see cref="SocketTransport"/> does; that it
/// is readable it learns from a receive of no bytes, which holds no buffer, and that it is writable from the end of a small send.
/// </summary>
/// <remarks>
/// While input or a FIN lies unread nothing tells of a reset, as that receive would end at once: the next receive or send does. An answer
/// in two pieces may leave in two packets, since sockets of the platform cannot be told that more follows.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "Close disposes of the operations, each at its end if it is under way.")]
internal sealed partial class ManagedSocketTransport : Transport
{
    // Two pieces up to here are copied into one: a packet and a call less cost more than the copy.
    private const int JoinSize = 16 * 1024;

    private readonly PeerAddress _peer; // never changes, so that any thread may read it

    // The hub's: ends of operations are posted there.
    private readonly Socket _socket;
    private readonly SocketOperation _watch;
    private Connection _connection = null!; // set before the first operation begins
    private PendingSend? _pending;
    private bool _isBroken;

    internal ManagedSocketTransport(Hub hub, Socket socket, PeerAddress peer)
    {
        _socket = socket;
        _peer = peer;
        _watch = new SocketOperation(hub, OnWatched);
        _watch.SetBuffer(Memory<byte>.Empty);
    }

    internal override EndPoint? LocalEndPoint
    {
        get
        {
            try { return PeerAddress.FromEndPoint(_socket.LocalEndPoint).ToEndPoint(); }
            catch (SocketException) { return null; /* some systems do not tell it of what was reset */ }
        }
    }

    internal override EndPoint? RemoteEndPoint => _peer.ToEndPoint();

    internal override int FormatRemoteAddress(Span<byte> text) => _peer.Format(text);

    internal override int PendingCount(long sent) => Math.Max(_pending?.Count ?? 0, SendQueue.Unacknowledged(_socket, sent));

    internal override void Attach(Connection connection)
    {
        _connection = connection;
        Watch();
    }

    internal override TransferResult Receive(Span<byte> buffer)
    {
        if (_isBroken)
            return TransferResult.Broken; // the watch has taken the error from the socket
        if (buffer.IsEmpty)
            return Peek();
        int count = _socket.Receive(buffer, SocketFlags.None, out var error);
        switch (error)
        {
            case SocketError.Success when count > 0:
                if (count < buffer.Length)
                    Watch();
                return TransferResult.Done(count, isDrained: count < buffer.Length);
            case SocketError.Success:
                return TransferResult.EndOfStream;
            case SocketError.WouldBlock:
                Watch();
                return TransferResult.Drained;
            default:
                _isBroken = true;
                return TransferResult.Broken;
        }
    }

    internal override TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows)
    {
        if (data.IsEmpty)
            return TransferResult.Done(0);
        if (_pending is { IsUnderWay: true })
            return TransferResult.WouldBlock;
        int sent = _socket.Send(data, SocketFlags.None, out var error);
        if (sent > 0)
            return TransferResult.Done(sent);
        if (error != SocketError.WouldBlock)
        {
            _isBroken |= error == SocketError.ConnectionReset; // the system reports it once
            return TransferResult.Broken;
        }
        _pending ??= new PendingSend(_connection.Hub, _socket, OnSent);
        return TransferResult.Done(_pending.Begin(data));
    }

    internal override TransferResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        if (first.Length + second.Length <= JoinSize)
            return SendJoined(first, second);
        var result = Send(first, moreFollows: true);
        if (result.Status != TransferStatus.Done || result.Count < first.Length)
            return result;
        var rest = Send(second, moreFollows: false);
        return rest.Status == TransferStatus.Done ? TransferResult.Done(first.Length + rest.Count)
            : first.IsEmpty ? rest
            : result;
    }

    internal override TransferResult SendFile(SafeFileHandle file, long offset, int count) =>
        _pending is { IsUnderWay: true } ? TransferResult.WouldBlock : SendCopy(file, offset, count);

    internal override void ShutdownSend()
    {
        if (_pending is { IsUnderWay: true } pending)
            pending.ThenShutdown = true; // the FIN comes after the bytes
        else
            Shutdown(_socket, SocketShutdown.Send);
    }

    internal override void Close(bool reset)
    {
        if (reset)
            Reset(_socket);
        else if (_pending is not { IsUnderWay: true } pending || !LastSend.TryLinger(_connection.Hub, _socket, pending))
            Finish(_socket);
        _watch.Abandon();
        _pending?.Abandon();
    }

    /// <summary>
    /// Closes in good order: a platform socket that is closed while a receive is under way resets, unless it was shut down.
    /// </summary>
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
        var result = Send(joined.AsSpan(0, first.Length + second.Length), moreFollows: false);
        ArrayPool<byte>.Shared.Return(joined);
        return result;
    }

    private TransferResult Peek()
    {
        var events = Look();
        if (events == PollEvents.None)
            Watch();
        return events == PollEvents.None ? TransferResult.Drained
            : (events & PollEvents.Broken) != 0 ? TransferResult.Broken
            : (events & PollEvents.PeerClosed) != 0 ? TransferResult.EndOfStream
            : TransferResult.Done(0);
    }

    private void Watch()
    {
        if (!_watch.IsPending)
            _watch.Receive(_socket);
    }

    private void OnWatched()
    {
        if (_connection.IsClosed)
            return;
        _isBroken |= _watch.SocketError != SocketError.Success;

        // A receive of no bytes ends well after a reset, too. Who waits to read learns it at once; else somebody must look.
        var events = _connection.IsReadAwaited && !_isBroken ? PollEvents.Readable : Look();
        if (events == PollEvents.None)
            Watch(); // what ended it has been received meanwhile
        else
            _connection.Ready(events);
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

    internal override void ReportLateInput()
    {
        if (_connection.IsReadAwaited && Look() is var events and not PollEvents.None)
            _connection.Ready(events);
    }

    private void OnSent(bool isGood)
    {
        if (!_connection.IsClosed)
            _connection.Ready(isGood ? PollEvents.Writable : PollEvents.Writable | PollEvents.Broken);
    }
}
