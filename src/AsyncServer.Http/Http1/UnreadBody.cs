using System.Buffers;

namespace AsyncServer.Http;

/// <summary>A request body that the app did not read to its end.</summary>
internal static class UnreadBody
{
    /// <summary>Reading this much costs less than a new connection would; more is not worth it.</summary>
    internal const int MaxDropped = 256 * 1024;
    private const int PieceSize = 16 * 1024;

    /// <summary>Reads the rest and drops it, so that the connection can serve the next request.</summary>
    /// <returns>False when the rest is too long or cannot be read: the connection must end.</returns>
    internal static async ValueTask<bool> DiscardAsync(Http1Body body)
    {
        byte[] dropped = ArrayPool<byte>.Shared.Rent(PieceSize);
        try
        {
            for (int total = 0; !body.IsAtEnd;)
            {
                total += await body.ReadAsync(dropped);
                if (total > MaxDropped)
                    return false;
            }
            return true;
        }
        catch (RequestBodyException)
        {
            return false; // malformed, too slow, or gone: the response has been sent already
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(dropped);
        }
    }
}
