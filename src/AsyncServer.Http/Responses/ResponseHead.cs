using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>How a response's body is delimited (RFC 9112 section 6.3).</summary>
internal enum Framing
{
    /// <summary>No body may follow the head.</summary>
    None,

    /// <summary>By Content-Length.</summary>
    Length,

    /// <summary>By the chunked transfer coding.</summary>
    Chunked,

    /// <summary>By the end of the connection: HTTP/1.0 without a known length.</summary>
    Close,
}

/// <summary>What the connection has decided about a response's head.</summary>
internal readonly record struct HeadFacts(
    int Status, string? Reason, Framing Framing, long? ContentLength, bool Close, bool AnnounceKeepAlive, byte[]? Prepared, string? RequestId);

/// <summary>Writes the head of a response: status line, the app's headers, then the server's own.</summary>
internal static class ResponseHead
{
    /// <summary>Room for everything but the app's headers.</summary>
    internal const int FixedSize = 512;

    /// <summary>The most bytes that <see cref="Write"/> needs.</summary>
    internal static int MaxSize(ResponseHeaders headers, in HeadFacts facts)
    {
        int size = FixedSize + (facts.Reason?.Length ?? 0) + (facts.Prepared?.Length ?? 0);
        var fields = headers.GetFields(); // the interface's enumerator would be garbage for each response
        while (fields.MoveNext())
            size += fields.Current.Name.Length + fields.Current.Value.Length + ": \r\n".Length;
        return size;
    }

    internal static int Write(Span<byte> target, ResponseHeaders headers, in HeadFacts facts, ServerLines lines)
    {
        var cursor = new Cursor(target);
        WriteStatusLine(ref cursor, facts);
        cursor.Bytes(facts.Prepared);
        bool hasDate = false;
        bool hasServer = false;
        bool hasRequestId = facts.RequestId is null;
        var fields = headers.GetFields();
        while (fields.MoveNext())
        {
            var (name, value) = fields.Current;
            if (IsFraming(name))
                continue; // decided by the facts, which the app's value went into
            hasDate |= name.Equals("Date", StringComparison.OrdinalIgnoreCase);
            hasServer |= name.Equals("Server", StringComparison.OrdinalIgnoreCase);
            hasRequestId |= name.Equals(RequestId.HeaderName, StringComparison.OrdinalIgnoreCase);
            cursor.Latin1(name);
            cursor.Bytes(": "u8);
            cursor.Latin1(value);
            cursor.Bytes("\r\n"u8);
        }
        WriteFraming(ref cursor, facts);
        if (!hasRequestId)
        {
            cursor.Bytes("X-Request-Id: "u8);
            cursor.Latin1(facts.RequestId!);
            cursor.Bytes("\r\n"u8);
        }
        if (!hasDate && !hasServer)
            cursor.Bytes(lines.Both);
        else if (!hasDate)
            cursor.Bytes(lines.Date);
        else if (!hasServer)
            cursor.Bytes(lines.Server);
        cursor.Bytes("\r\n"u8);
        return cursor.Position;
    }

    private static bool IsFraming(string name) =>
        name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) || name.Equals("Connection", StringComparison.OrdinalIgnoreCase);

    private static void WriteStatusLine(ref Cursor cursor, in HeadFacts facts)
    {
        if (facts.Reason is null)
        {
            cursor.Bytes(StatusLine.For(facts.Status));
            return;
        }
        cursor.Bytes("HTTP/1.1 "u8);
        cursor.Number(facts.Status);
        cursor.Bytes(" "u8);
        cursor.Latin1(facts.Reason);
        cursor.Bytes("\r\n"u8);
    }

    private static void WriteFraming(ref Cursor cursor, in HeadFacts facts)
    {
        if (facts.ContentLength is { } length)
        {
            cursor.Bytes("Content-Length: "u8);
            cursor.Number(length);
            cursor.Bytes("\r\n"u8);
        }
        if (facts.Framing == Framing.Chunked)
            cursor.Bytes("Transfer-Encoding: chunked\r\n"u8);
        if (facts.Close)
            cursor.Bytes("Connection: close\r\n"u8);
        else if (facts.AnnounceKeepAlive)
            cursor.Bytes("Connection: keep-alive\r\n"u8);
    }

    private ref struct Cursor(Span<byte> target)
    {
        private readonly Span<byte> _target = target;

        internal int Position { get; private set; }

        internal void Bytes(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_target[Position..]);
            Position += bytes.Length;
        }

        internal void Latin1(string text) => Position += Encoding.Latin1.GetBytes(text, _target[Position..]);

        internal void Number(long value)
        {
            value.TryFormat(_target[Position..], out int written, default, CultureInfo.InvariantCulture);
            Position += written;
        }
    }
}
