using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;

namespace AsyncServer.Http;

/// <summary>Gives what a <see cref="Body"/> holds to middleware.</summary>
internal static class BodyReader
{
    private const int PieceSize = 64 * 1024;

    internal static long? LengthOf(object? content) => content switch
    {
        null => 0,
        string text => Encoding.UTF8.GetByteCount(text),
        byte[] bytes => bytes.Length,
        ReadOnlyMemory<byte> bytes => bytes.Length,
        Stream stream => stream.CanSeek ? Math.Max(stream.Length - stream.Position, 0) : null,
        FileInfo file => file.Length,
        _ => ((BodySequence)content).Length,
    };

    internal static IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(object? content, CancellationToken cancellation) => content switch
    {
        null => ReadWholeAsync(default),
        string text => ReadWholeAsync(Encoding.UTF8.GetBytes(text)),
        byte[] bytes => ReadWholeAsync(bytes),
        ReadOnlyMemory<byte> bytes => ReadWholeAsync(bytes),
        Stream stream => ReadStreamAsync(stream, cancellation),
        FileInfo file => ReadStreamAsync(file, cancellation),
        _ => ((BodySequence)content).ReadAsync(cancellation),
    };

    internal static ValueTask DisposeAsync(object? content) => content switch
    {
        Stream stream => stream.DisposeAsync(),
        BodySequence sequence => sequence.DisposeAsync(),
        _ => ValueTask.CompletedTask,
    };

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadWholeAsync(ReadOnlyMemory<byte> bytes)
    {
        await ValueTask.CompletedTask;
        if (!bytes.IsEmpty)
            yield return bytes;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadStreamAsync(object content,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await using var stream = content as Stream
            ?? new FileStream(((FileInfo)content).FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
                bufferSize: 0, FileOptions.Asynchronous);
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceSize);
        bool isReading = true;
        try
        {
            while (await stream.ReadAsync(piece, cancellation) is > 0 and int count)
            {
                isReading = false;
                yield return piece.AsMemory(0, count);
                isReading = true;
            }
            isReading = false;
        }
        finally
        {
            if (!isReading)
                ArrayPool<byte>.Shared.Return(piece); // a read that was cancelled may still write into it
        }
    }
}
