namespace AsyncServer.Http;

/// <summary>Sends what a <see cref="Body"/> holds, and disposes it.</summary>
internal static class BodySender
{
    internal static ValueTask SendAsync(object? content, ResponseWriter target, ResponseStart start, CancellationToken cancellation)
    {
        switch (content)
        {
            case byte[] bytes:
                return SendBytesAsync(bytes, target, start);
            case ReadOnlyMemory<byte> bytes:
                return SendBytesAsync(bytes, target, start);
            case Stream stream:
                return SendStreamAsync(stream, target, start);
            case FileInfo file:
                start.CheckWasCalled();
                return SendFileAsync(file, target);
            case FilePart part:
                return SendFileAsync(part, target, start);
            case BodySequence sequence:
                return sequence.SendAsync(target, start, cancellation);
            default:
                start.CheckWasCalled();
                return ValueTask.CompletedTask; // the end of the response sends its head
        }
    }

    private static ValueTask SendBytesAsync(ReadOnlyMemory<byte> bytes, ResponseWriter target, ResponseStart start)
    {
        start.CheckWasCalled();
        var head = target.StartLastAsync(bytes.Length);
        return head.IsCompletedSuccessfully ? target.WriteAsync(bytes) : SendBytesAsync(head, bytes, target);
    }

    private static async ValueTask SendBytesAsync(ValueTask head, ReadOnlyMemory<byte> bytes, ResponseWriter target)
    {
        await head;
        await target.WriteAsync(bytes);
    }

    private static async ValueTask SendStreamAsync(Stream stream, ResponseWriter target, ResponseStart start)
    {
        long? length;
        try
        {
            start.CheckWasCalled();
            bool isOpen = !target.HasStarted && target.Headers["Content-Length"] is null;
            length = isOpen && stream.CanSeek ? Math.Max(stream.Length - stream.Position, 0) : null;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
        await target.SendStreamAsync(stream, length); // disposes it
    }

    private static async ValueTask SendFileAsync(FilePart part, ResponseWriter target, ResponseStart start)
    {
        using (part.File)
        {
            start.CheckWasCalled();
            await target.SendFileAsync(part.File.Handle, part.Range.Start, part.Range.Length);
        }
    }

    private static async ValueTask SendFileAsync(FileInfo file, ResponseWriter target)
    {
        // Others may write to it or replace it: a shorter one cuts the connection off, it is never padded.
        const FileShare Share = FileShare.ReadWrite | FileShare.Delete;
        if (target.HasStarted)
        {
            // Behind bytes that write() has sent; the length is open or the app's own.
            await target.SendStreamAsync(new FileStream(file.FullName, FileMode.Open, FileAccess.Read, Share, bufferSize: 0), length: null);
            return;
        }
        using var handle = File.OpenHandle(file.FullName, FileMode.Open, FileAccess.Read, Share);
        await target.SendFileAsync(handle, 0, RandomAccess.GetLength(handle));
    }
}
