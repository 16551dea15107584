using System.Buffers;

namespace AsyncServer.Http;

/// <summary>Bodies whose end is not known when they begin.</summary>
internal static class ResponseStream
{
    private const int PieceSize = 64 * 1024;

    internal static async ValueTask SendAsync(ResponseState target, Stream stream, long? length)
    {
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        bool isReading = false;
        try
        {
            // The first piece is read before the head leaves: if that fails, the answer can still be an error.
            int count = await stream.ReadAsync(piece);
            if (length is not null)
                target.ContentLength = length;
            await target.StartAsync();
            while (count > 0 && !target.OmitsBody)
            {
                await target.WriteAsync(piece.AsMemory(0, count));
                isReading = true;
                var next = stream.ReadAsync(piece);
                if (!next.IsCompleted)
                    await target.FlushAsync(); // a wait for the source does not hold back what it has given
                count = await next;
                isReading = false;
            }
        }
        finally
        {
            if (!isReading)
                ArrayPool<byte>.Shared.Return(piece); // a read that goes on after the client has gone still writes into it
            await stream.DisposeAsync();
        }
    }

    internal static async ValueTask SendAsync(ResponseState target, IAsyncEnumerable<ReadOnlyMemory<byte>> items)
    {
        await foreach (var item in items)
        {
            await target.WriteAsync(item);
            await target.FlushAsync();
            if (target.OmitsBody)
                return; // an endless sequence would never let HEAD end
        }
    }
}
