using System.Buffers;
using System.Net;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// Moves the bytes of one <see cref="Connection"/> and never blocks. The connection keeps its lifetime, its waits and its deadline; a
/// transport knows only how bytes travel. Every member belongs to the thread of the connection's hub, except those that say otherwise.
/// </summary>
/// <remarks>
/// A transport says itself, by <see cref="TransferResult.IsDrained"/>, when a receive has emptied what the system holds: only then does the
/// connection wait for a further event. A short receive alone proves nothing, since a transport that decodes its input returns what one
/// record held.
/// </remarks>
internal abstract class Transport
{
    // About what a socket's buffer takes at a time; what it does not take is read again.
    private const int CopySize = 64 * 1024;

    /// <summary>This end's address, or null where there is none; not asked once the transport is closed.</summary>
    internal abstract EndPoint? LocalEndPoint { get; }

    /// <summary>The peer's address, or null where there is none. Any thread may ask, also after the close.</summary>
    internal abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Whether this stands on another transport, and so may hold input or output of its own.</summary>
    internal virtual bool IsDecorator => false;

    /// <summary>
    /// Whether a receive has something to say although the system reports nothing. False after a receive that would have blocked, or the
    /// connection would spin: half a record is no input.
    /// </summary>
    internal virtual bool HasBufferedInput => false;

    /// <summary>Writes the peer's IP address as ASCII text. Any thread may call it.</summary>
    /// <returns>Bytes written; 0 where there is no IP address.</returns>
    internal virtual int FormatRemoteAddress(Span<byte> text) =>
        RemoteEndPoint is IPEndPoint remote && remote.Address.TryFormat(text, out int written) ? written : 0;

    /// <summary>Bytes that were sent and that the peer has not acknowledged, as far as the system tells.</summary>
    /// <param name="sent">Bytes that this transport has sent in all.</param>
    internal virtual int PendingCount(long sent) => 0;

    /// <summary>The connection is on its hub. A transport without a descriptor reports its readiness to it from here on.</summary>
    internal virtual void Attach(Connection connection)
    {
    }

    /// <summary>The transport that serves from here on: this one, or the one below it once this one has nothing left to do.</summary>
    internal virtual Transport Peel() => this;

    /// <summary>Receives what is there; <see cref="TransferStatus.Done"/> means at least one byte.</summary>
    /// <param name="buffer">An empty one only asks what a receive would find: <see cref="TransferStatus.Done"/> if that is bytes.</param>
    internal abstract TransferResult Receive(Span<byte> buffer);

    /// <summary>Sends as much as there is room for.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="moreFollows">Whether a further send follows at once.</param>
    internal abstract TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows);

    /// <summary>Sends as much of two pieces as there is room for.</summary>
    internal abstract TransferResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);

    /// <summary>Sends as much of a part of a file as there is room for.</summary>
    /// <returns><see cref="TransferStatus.EndOfStream"/> when the file ends before the part does.</returns>
    internal abstract TransferResult SendFile(SafeFileHandle file, long offset, int count);

    /// <summary>Sends what it holds back (<see cref="TransferResult.HoldsOutput"/>), now that there is room.</summary>
    internal virtual TransferResult Flush() => TransferResult.Done(0);

    /// <summary>
    /// A deadline has passed: a transport whose reports take their time reports input that came before. Pollers have done so by then.
    /// </summary>
    internal virtual void ReportLateInput()
    {
    }

    /// <summary>Closes the sending side; receiving goes on.</summary>
    internal abstract void ShutdownSend();

    /// <summary>Closes both sides and gives back whatever it holds. Called once.</summary>
    /// <param name="reset">Whether the peer is to learn that it was cut off.</param>
    internal abstract void Close(bool reset);

    /// <summary>Reads a piece of a file and sends as much of it as there is room for.</summary>
    protected TransferResult SendCopy(SafeFileHandle file, long offset, int count)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(Math.Min(count, CopySize));
        try
        {
            int read = RandomAccess.Read(file, piece.AsSpan(0, Math.Min(count, piece.Length)), offset);
            return read == 0 ? TransferResult.EndOfStream : Send(piece.AsSpan(0, read), moreFollows: false);
        }
        catch (IOException)
        {
            return TransferResult.Broken; // the disk fails, which sendfile would tell in the same way
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }
}
