using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// The piece of a <see cref="ManagedSocketTransport"/> that its socket did not take at once: when it has left, there is room for more.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Abandon disposes the operation, at its end if it is under way.")]
internal sealed class PendingSend
{
    // It only has to find out when there is room again. Small, so that clients that do not read hold little memory.
    internal const int PieceSize = 4 * 1024;

    private readonly Socket _socket;
    private readonly Action<bool> _sent;
    private readonly SocketOperation _operation;
    private byte[]? _piece;

    /// <param name="hub">The connection's.</param>
    /// <param name="socket">Its socket.</param>
    /// <param name="sent">Told on the hub's thread at the end of each piece, with whether it went well.</param>
    internal PendingSend(Hub hub, Socket socket, Action<bool> sent)
    {
        _socket = socket;
        _sent = sent;
        _operation = new SocketOperation(hub, OnCompleted);
    }

    internal bool IsUnderWay => _piece is not null;

    /// <summary>Bytes that have not left.</summary>
    internal int Count => _piece is null ? 0 : _operation.Count;

    /// <summary>Whether the sending side closes once the piece has left.</summary>
    internal bool ThenShutdown { get; set; }

    /// <summary>Who is told instead, once the connection is closed.</summary>
    internal LastSend? Last { get; set; }

    /// <summary>Begins to send what of the data makes a piece.</summary>
    /// <returns>How much that is.</returns>
    internal int Begin(ReadOnlySpan<byte> data)
    {
        int count = Math.Min(data.Length, PieceSize);
        _piece = ArrayPool<byte>.Shared.Rent(count);
        data[..count].CopyTo(_piece);
        _operation.SetBuffer(_piece, 0, count);
        _operation.Send(_socket);
        return count;
    }

    internal void Abandon() => _operation.Abandon();

    private void OnCompleted()
    {
        bool isGood = _operation.SocketError == SocketError.Success;
        if (isGood && _operation.BytesTransferred < _operation.Count)
        {
            int sent = _operation.BytesTransferred;
            _operation.SetBuffer(_operation.Offset + sent, _operation.Count - sent);
            _operation.Send(_socket);
            return;
        }
        ArrayPool<byte>.Shared.Return(_piece!);
        _piece = null;
        _operation.SetBuffer(null, 0, 0);
        if (ThenShutdown)
            ManagedSocketTransport.Shutdown(_socket, SocketShutdown.Send);
        Last?.End();
        _sent(isGood);
    }
}
