using System.Text;

namespace AsyncServer.Http;

/// <summary>A body made of pieces. Sending it disposes it, whatever happens.</summary>
internal abstract class BodySequence
{
    internal abstract ValueTask SendAsync(ResponseWriter target, ResponseStart start, CancellationToken cancellation);

    /// <summary>Its size in bytes where that is known.</summary>
    internal abstract long? Length { get; }

    /// <summary>Its pieces; the end of the enumeration disposes it.</summary>
    internal abstract IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellation);

    /// <summary>Disposes one that was neither sent nor read.</summary>
    internal abstract ValueTask DisposeAsync();

    internal static ReadOnlyMemory<byte> BytesOf(string item) => Encoding.UTF8.GetBytes(item);

    internal static ReadOnlyMemory<byte> BytesOf(byte[] item) => item;

    /// <summary>Sends one piece, with the head in front of the first.</summary>
    protected static async ValueTask SendPieceAsync(ReadOnlyMemory<byte> piece, ResponseWriter target)
    {
        await target.WriteAsync(piece);
        await target.FlushAsync(); // PEP 3333 "Buffering and Streaming": before the next piece is asked for
    }

    protected static ValueTask DisposeAsync(object items)
    {
        if (items is IAsyncDisposable closing)
            return closing.DisposeAsync();
        (items as IDisposable)?.Dispose();
        return ValueTask.CompletedTask;
    }
}
