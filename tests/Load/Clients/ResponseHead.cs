using System.Buffers.Text;
using System.Text;

namespace AsyncServer.Load;

/// <summary>The head of a response, read strictly: what RFC 9112 leaves to a client's mercy is an error here.</summary>
/// <param name="Status">The status code.</param>
/// <param name="ContentLength">Null when the head has none.</param>
/// <param name="IsChunked">Whether the body comes in chunks.</param>
/// <param name="Closes">Whether the server closes the connection afterwards.</param>
internal sealed record ResponseHead(int Status, long? ContentLength, bool IsChunked, bool Closes)
{
    private const int StatusStart = 9; // after "HTTP/1.1 "

    /// <param name="lines">All lines of the head, each with its CRLF, without the empty one.</param>
    /// <exception cref="InvalidDataException">It is no head of a response, or leaves open where the body ends.</exception>
    public static ResponseHead Parse(ReadOnlySpan<byte> lines)
    {
        int lineEnd = lines.IndexOf("\r\n"u8);
        int status = ParseStatus(lines[..lineEnd]);
        long? length = null;
        bool chunked = false, closes = false, dated = false;
        for (var rest = lines[(lineEnd + 2)..]; !rest.IsEmpty; rest = rest[(lineEnd + 2)..])
        {
            lineEnd = rest.IndexOf("\r\n"u8);
            var line = rest[..lineEnd];
            if (line.IndexOf((byte)':') is not (> 0 and var colon) || line[..colon].ContainsAny(" \t\r\n"u8)
                || line.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
                throw Wrong("header line", line);
            var value = line[(colon + 1)..].Trim(" \t"u8);
            if (Is(line[..colon], "Content-Length"))
                length = length is null && IsNumber(value, out long number) ? number
                    : throw Wrong("Content-Length, or a second one,", line);
            else if (Is(line[..colon], "Transfer-Encoding"))
                chunked = !chunked && Is(value, "chunked") ? true : throw Wrong("Transfer-Encoding, or a second one,", line);
            else if (Is(line[..colon], "Connection"))
                closes = Is(value, "close");
            else if (Is(line[..colon], "Date"))
                dated = true;
        }
        if (chunked && length is not null)
            throw new InvalidDataException("a response with Content-Length and Transfer-Encoding");
        // RFC 9110 6.6.1: a server with a clock dates its answers.
        if (!dated)
            throw new InvalidDataException($"a response {status} without Date");
        return new ResponseHead(status, length, chunked, closes);
    }

    private static int ParseStatus(ReadOnlySpan<byte> line)
    {
        // RFC 9112 4: the blank after the code stays, also when no reason follows.
        bool isWhole = line.StartsWith("HTTP/1.1 "u8) && line.Length > StatusStart + 3 && line[StatusStart + 3] == ' ';
        return isWhole && IsNumber(line.Slice(StatusStart, 3), out long status) ? (int)status : throw Wrong("status line", line);
    }

    private static bool IsNumber(ReadOnlySpan<byte> text, out long number)
    {
        number = 0;
        return !text.ContainsAnyExceptInRange((byte)'0', (byte)'9') && Utf8Parser.TryParse(text, out number, out int digits)
            && digits == text.Length;
    }

    private static bool Is(ReadOnlySpan<byte> text, string name) => Ascii.EqualsIgnoreCase(text, name);

    private static InvalidDataException Wrong(string what, ReadOnlySpan<byte> line) => new($"{what} \"{Encoding.Latin1.GetString(line)}\"");
}
