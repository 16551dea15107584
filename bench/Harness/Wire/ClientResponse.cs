using System.Buffers.Text;
using System.Text;

namespace AsyncServer.Harness;

/// <summary>A response as a client of ours sees it.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Body">The body without its chunked coding.</param>
/// <param name="Size">Bytes of head and body on the wire.</param>
internal sealed record ClientResponse(int Status, byte[] Body, int Size)
{
    /// <summary>The value of ETag; null without one.</summary>
    public string? EntityTag { get; private init; }

    /// <summary>Reads one response from the start of what has arrived; null when more has to arrive.</summary>
    /// <exception cref="InvalidDataException">No response starts like this.</exception>
    public static ClientResponse? Parse(ReadOnlySpan<byte> received)
    {
        int headEnd = received.IndexOf("\r\n\r\n"u8);
        if (headEnd < 0)
            return null;
        var head = received[..(headEnd + 2)];
        var rest = received[(headEnd + 4)..];
        int status = ParseStatus(head);

        // RFC 9112 6.3: these have no body, whatever their fields say.
        if (status is 204 or 304)
            return new ClientResponse(status, [], headEnd + 4);

        byte[]? body;
        int size;
        if (Field(head, "Transfer-Encoding") is { } coding)
            body = coding.Equals("chunked", StringComparison.OrdinalIgnoreCase)
                ? ChunkedBody(rest, out size)
                : throw new InvalidDataException($"transfer coding {coding}");
        else if (int.TryParse(Field(head, "Content-Length"), out size) && size >= 0)
            body = rest.Length >= size ? rest[..size].ToArray() : null;
        else
            throw new InvalidDataException("a response on a kept-alive connection has no length");
        return body is null ? null : new ClientResponse(status, body, headEnd + 4 + size) { EntityTag = Field(head, "ETag") };
    }

    private static int ParseStatus(ReadOnlySpan<byte> head)
    {
        if (head.StartsWith("HTTP/1.1 "u8) && Utf8Parser.TryParse(head[9..], out int status, out int digits) && digits == 3)
            return status;
        throw new InvalidDataException($"status line \"{Encoding.Latin1.GetString(head[..head.IndexOf((byte)'\r')])}\"");
    }

    private static string? Field(ReadOnlySpan<byte> head, string name)
    {
        foreach (string line in Encoding.Latin1.GetString(head).Split("\r\n"))
            if (line.StartsWith(name, StringComparison.OrdinalIgnoreCase) && line.Length > name.Length && line[name.Length] == ':')
                return line[(name.Length + 1)..].Trim();
        return null;
    }

    /// <summary>RFC 9112 7.1, without chunk extensions and trailers, which no scenario asks for.</summary>
    private static byte[]? ChunkedBody(ReadOnlySpan<byte> rest, out int size)
    {
        var body = new List<byte>();
        for (size = 0; ;)
        {
            int lineEnd = rest[size..].IndexOf("\r\n"u8);
            if (lineEnd < 0)
                return null;
            if (!Utf8Parser.TryParse(rest.Slice(size, lineEnd), out int length, out int digits, 'x') || digits != lineEnd || length < 0)
                throw new InvalidDataException("a chunk size that is not a hexadecimal number");
            size += lineEnd + 2;
            if (rest.Length - size < (long)length + 2)
                return null;
            if (!rest.Slice(size + length, 2).SequenceEqual("\r\n"u8))
                throw new InvalidDataException("a chunk that is not as long as its size says");
            body.AddRange(rest.Slice(size, length));
            size += length + 2;
            if (length == 0)
                return [.. body];
        }
    }
}
