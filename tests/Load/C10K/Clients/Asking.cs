using System.Buffers;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>One request on a kept-alive connection, and its answer checked to the last byte.</summary>
internal sealed class Asking(ClientPlan plan)
{
    private const int BufferSize = 4096;

    private readonly byte[] _request = plan.Request;
    private readonly int _bufferSize = BufferSize + plan.Body.Length;

    /// <exception cref="IOException">The connection broke while the request was sent.</exception>
    /// <exception cref="OperationCanceledException">The coroutine was killed.</exception>
    public async ValueTask<Outcome> AskAsync(Connection connection)
    {
        await connection.SendAsync(_request);
        byte[]? buffer = null; // none before something has come: thousands may wait
        try
        {
            for (int filled = 0; await connection.WaitReadableAsync();)
            {
                buffer ??= ArrayPool<byte>.Shared.Rent(_bufferSize);
                var received = connection.Receive(buffer.AsSpan(filled));
                if (received.Status == TransferStatus.EndOfStream)
                    return Outcome.Closed;
                if (received.Status == TransferStatus.Broken)
                    return Outcome.Reset;
                filled += received.Count;
                if (Check(buffer.AsSpan(0, filled), plan.Body) is { } outcome)
                    return outcome;
                if (filled == buffer.Length)
                    return Outcome.Wrong;
            }
            return Outcome.Unanswered;
        }
        finally
        {
            if (buffer is not null)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Null while more has to come.</summary>
    public static Outcome? Check(ReadOnlySpan<byte> received, ReadOnlySpan<byte> expected)
    {
        var version = "HTTP/1.1 "u8;
        int headEnd = received.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return received[..Math.Min(received.Length, version.Length)].SequenceEqual(version[..Math.Min(received.Length, version.Length)])
                ? null : Outcome.Wrong;
        var status = received[version.Length..];
        if (!received.StartsWith(version) || !status.StartsWith("200 "u8))
            return received.StartsWith(version) && status.StartsWith("503 "u8) ? Outcome.Refused : Outcome.Wrong;
        var body = received[(headEnd + 4)..];
        if (!expected.StartsWith(body))
            return Outcome.Wrong;
        return body.Length == expected.Length ? Outcome.Served : null;
    }
}
