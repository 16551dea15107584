using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// The trailers of a chunked body. They obey the header rules and limits and are kept apart from the headers; those
/// that would frame, route, authorize or describe the message are checked, then dropped (RFC 9110 6.5.1, RFC 9112 7.1.2).
/// </summary>
internal sealed class TrailerSection(ParserLimits limits)
{
    private static readonly FrozenSet<string> Forbidden = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Authorization", "Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Range",
        "Content-Type", "Cookie", "Expect", "Host", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
        "If-Unmodified-Since", "Keep-Alive", "Max-Forwards", "Pragma", "Proxy-Authorization", "Range", "TE",
        "Trailer", "Transfer-Encoding", "Upgrade");

    private readonly List<(string Name, string Value)> _fields = [];

    // The part of a line that came without its end.
    private readonly ArrayBufferWriter<byte> _partial = new();

    private int _size;
    private int _count;

    internal IReadOnlyList<(string Name, string Value)> Fields => _fields;

    internal Rejection? Rejection { get; private set; }

    /// <summary>Takes everything, or up to the end of the empty line that completes the section.</summary>
    internal ParseStatus Read(ReadOnlySpan<byte> source, out int consumed)
    {
        consumed = 0;
        while (true)
        {
            ReadOnlySpan<byte> rest = source[consumed..];
            int room = Math.Min(rest.Length, limits.MaxRequestHeadersTotalSize - _size);
            int lineFeed = rest[..room].IndexOf(Syntax.LineFeed);
            int taken = lineFeed < 0 ? room : lineFeed + 1;
            consumed += taken;
            _size += taken;

            if (lineFeed < 0)
            {
                _partial.Write(rest[..taken]);
                return _size == limits.MaxRequestHeadersTotalSize ? Refuse(Rejection.HeadersTooLarge) : ParseStatus.Incomplete;
            }

            ParseStatus line = ReadLine(rest[..taken]);
            if (line != ParseStatus.Incomplete)
            {
                return line;
            }
        }
    }

    private ParseStatus ReadLine(ReadOnlySpan<byte> end)
    {
        ReadOnlySpan<byte> line = end;
        if (_partial.WrittenCount > 0)
        {
            _partial.Write(end);
            line = _partial.WrittenSpan;
        }

        ParseStatus status = Judge(line);
        _partial.ResetWrittenCount();
        return status;
    }

    private ParseStatus Judge(ReadOnlySpan<byte> line)
    {
        if (!line.EndsWith("\r\n"u8))
        {
            return Refuse(Rejection.BareLineFeed);
        }

        line = line[..^2];
        if (line.IsEmpty)
        {
            return ParseStatus.Complete;
        }

        if (_count++ == limits.MaxRequestHeaderCount)
        {
            return Refuse(Rejection.TooManyHeaders);
        }

        if (FieldLine.Parse(line, 0, out HeaderField field) is { } rejection)
        {
            return Refuse(rejection);
        }

        string name = Encoding.ASCII.GetString(field.Name.Of(line));
        if (!Forbidden.Contains(name))
        {
            _fields.Add((name, Encoding.Latin1.GetString(field.Value.Of(line))));
        }

        return ParseStatus.Incomplete;
    }

    private ParseStatus Refuse(Rejection rejection)
    {
        Rejection = rejection;
        return ParseStatus.Invalid;
    }
}
