using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>Writes the head of a response: status line, the app's headers, then the server's own.</summary>
internal static class Http1Head
{
    /// <summary>Room for everything but the app's headers.</summary>
    internal const int FixedSize = 512;

    /// <summary>The most bytes that <see cref="Write"/> needs.</summary>
    internal static int MaxSize(in ResponseHead head)
    {
        int size = FixedSize + (head.Reason?.Length ?? 0) + (head.Prepared?.Lines.Length ?? 0);
        var fields = head.Headers.GetFields(); // the interface's enumerator would be garbage for each response
        while (fields.MoveNext())
            size += fields.Current.Name.Length + fields.Current.Value.Length + ": \r\n".Length;
        return size;
    }

    internal static int Write(Span<byte> target, in ResponseHead head, Framing framing, ConnectionField ending, ServerLines lines)
    {
        var cursor = new Cursor(target);
        WriteStatusLine(ref cursor, head);
        if (head.Prepared is { } prepared)
            cursor.Bytes(prepared.Lines);
        bool hasDate = false;
        bool hasServer = false;
        bool hasRequestId = head.RequestId is null;
        var fields = head.Headers.GetFields();
        while (fields.MoveNext())
        {
            var (name, value) = fields.Current;
            if (IsFraming(name))
                continue; // decided by what the app's value went into
            hasDate |= name.Equals("Date", StringComparison.OrdinalIgnoreCase);
            hasServer |= name.Equals("Server", StringComparison.OrdinalIgnoreCase);
            hasRequestId |= name.Equals(RequestId.HeaderName, StringComparison.OrdinalIgnoreCase);
            cursor.Latin1(name);
            cursor.Bytes(": "u8);
            cursor.Latin1(value);
            cursor.Bytes("\r\n"u8);
        }
        WriteFraming(ref cursor, head, framing, ending);
        if (!hasRequestId)
        {
            cursor.Bytes("X-Request-Id: "u8);
            cursor.Latin1(head.RequestId!);
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

    private static void WriteStatusLine(ref Cursor cursor, in ResponseHead head)
    {
        if (head.Reason is null)
        {
            cursor.Bytes(StatusLine.For(head.Status));
            return;
        }
        cursor.Bytes("HTTP/1.1 "u8);
        cursor.Number(head.Status);
        cursor.Bytes(" "u8);
        cursor.Latin1(head.Reason);
        cursor.Bytes("\r\n"u8);
    }

    private static void WriteFraming(ref Cursor cursor, in ResponseHead head, Framing framing, ConnectionField ending)
    {
        if (head.ContentLength is { } length)
        {
            cursor.Bytes("Content-Length: "u8);
            cursor.Number(length);
            cursor.Bytes("\r\n"u8);
        }
        if (framing == Framing.Chunked)
            cursor.Bytes("Transfer-Encoding: chunked\r\n"u8);
        if (ending == ConnectionField.Close)
            cursor.Bytes("Connection: close\r\n"u8);
        else if (ending == ConnectionField.KeepAlive)
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
