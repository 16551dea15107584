using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// A parsed request head, reused for many requests. Every position counts from the first byte of the message, so the
/// caller may move or grow its buffer between calls. Meaningful once the parser has answered Complete.
/// </summary>
internal sealed class RequestHead
{
    // Enough for what browsers send; grows to the limit when a request needs it, and stays grown.
    private const int UsualHeaderCount = 24;

    private HeaderField[] _headers = new HeaderField[UsualHeaderCount];

    // Progress between calls on a growing buffer: where the current line starts, and up to where no LF was found.
    internal ParsePhase Phase;
    internal int LineStart;
    internal int Searched;
    internal int HeadersStart;
    internal KnownHeaders Known;

    // Request line.

    /// <summary>Case-sensitive. A shared string for the standard methods; only others cost an allocation.</summary>
    internal string Method { get; set; } = "";

    internal Slice Target { get; set; }

    internal TargetForm TargetForm { get; set; }

    /// <summary>Undecoded; empty for <c>*</c> and for an absolute-form without a path, which means <c>/</c>.</summary>
    internal Slice Path { get; set; }

    /// <summary>Whether the path has no percent, so that its bytes are its text.</summary>
    internal bool PathIsPlain { get; set; }

    /// <summary>Undecoded, without the question mark.</summary>
    internal Slice Query { get; set; }

    internal bool HasQuery { get; set; }

    /// <summary>Of an absolute-form target; it then overrides <see cref="Host"/> (RFC 9112 3.2.2).</summary>
    internal Slice Authority { get; set; }

    /// <summary>Whether an absolute-form target named the https scheme.</summary>
    internal bool IsHttps { get; set; }

    /// <summary>0 or 1; HTTP/1.2 and above count as 1.</summary>
    internal int MinorVersion { get; set; }

    // Headers.

    internal int HeaderCount { get; private set; }

    internal ReadOnlySpan<HeaderField> Headers => _headers.AsSpan(0, HeaderCount);

    /// <summary>The value of Host, empty only where HTTP/1.0 sent none.</summary>
    internal Slice Host { get; set; }

    /// <summary>The host and port that the request is for.</summary>
    internal Slice EffectiveHost => TargetForm == TargetForm.Absolute ? Authority : Host;

    // Framing.

    internal long? ContentLength { get; set; }

    internal bool IsChunked { get; set; }

    internal bool HasBody => IsChunked || ContentLength > 0;

    /// <summary>Whether the client lets the connection live after this request (RFC 9112 9.3).</summary>
    internal bool KeepAlive { get; set; }

    /// <summary>Whether an HTTP/1.1 client waits for a 100 before it sends the body.</summary>
    internal bool ExpectContinue { get; set; }

    /// <summary>Bytes of the whole head, from the start of the message to the end of the empty line.</summary>
    internal int Length { get; set; }

    /// <summary>Why, after Invalid.</summary>
    internal Rejection? Rejection { get; set; }

    /// <summary>Whether a byte of a request has arrived: the empty line allowed before it, once whole, is none.</summary>
    internal bool HasBegun => Phase > ParsePhase.RequestLine || Searched > LineStart;

    /// <summary>The value of the first header of that name, in any letter case.</summary>
    internal bool TryFind(ReadOnlySpan<byte> message, ReadOnlySpan<byte> name, out Slice value)
    {
        foreach (ref readonly HeaderField header in Headers)
        {
            if (header.Name.Length == name.Length && Ascii.EqualsIgnoreCase(header.Name.Of(message), name))
            {
                value = header.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    internal void Add(in HeaderField header)
    {
        if (HeaderCount == _headers.Length)
        {
            Array.Resize(ref _headers, HeaderCount * 2);
        }

        _headers[HeaderCount++] = header;
    }

    /// <summary>Makes it ready for another message.</summary>
    internal void Reset()
    {
        Phase = ParsePhase.Start;
        LineStart = Searched = HeadersStart = 0;
        Known = default;

        Method = "";
        Target = Path = Query = Authority = Host = default;
        TargetForm = TargetForm.Origin;
        PathIsPlain = HasQuery = IsHttps = false;
        MinorVersion = 0;

        HeaderCount = 0;
        ContentLength = null;
        IsChunked = KeepAlive = ExpectContinue = false;
        Length = 0;
        Rejection = null;
    }
}
