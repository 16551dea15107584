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
        bool hasFraming = head.Headers.HasAny(ServerFields.Framing);
        var fields = head.Headers.GetFields();
        while (fields.MoveNext())
        {
            var (name, value) = fields.Current;
            if (hasFraming && (ServerField.Of(name) & ServerFields.Framing) != ServerFields.None)
                continue; // decided by what the app's value went into
            cursor.Latin1(name);
            cursor.Bytes(": "u8);
            cursor.Latin1(value);
            cursor.Bytes("\r\n"u8);
        }
        WriteFraming(ref cursor, head, framing, ending);
        if (head.RequestId is { } id && !head.Headers.HasAny(ServerFields.RequestId))
        {
            cursor.Bytes("X-Request-Id: "u8);
            cursor.Latin1(id);
            cursor.Bytes("\r\n"u8);
        }
        if (!head.Headers.HasAny(ServerFields.Date | ServerFields.Server))
            cursor.Bytes(lines.Both);
        else if (!head.Headers.HasAny(ServerFields.Date))
            cursor.Bytes(lines.Date);
        else if (!head.Headers.HasAny(ServerFields.Server))
            cursor.Bytes(lines.Server);
        cursor.Bytes("\r\n"u8);
        return cursor.Position;
    }

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
