using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Fuzz;

/// <summary>Reads a stream with the server's own parser, uncut and without a socket, and says what must come back for it.</summary>
internal static class Oracle
{
    /// <summary>The program's default.</summary>
    private const long MaxBodySize = 30_000_000;

    /// <summary>One for each message; the last one may be none of the server's business any more.</summary>
    internal static List<Expectation> Read(byte[] stream)
    {
        var expectations = new List<Expectation>();
        var rest = stream.AsSpan();
        var head = new RequestHead();
        while (true)
        {
            head.Reset();
            var status = RequestParser.Parse(rest, head, ParserLimits.Default);
            if (status == ParseStatus.Invalid)
                expectations.Add(new Expectation(MessageKind.Refused) { Method = head.Method, Status = head.Rejection!.Status });
            else if (status == ParseStatus.Incomplete && head.HasBegun)
                expectations.Add(new Expectation(MessageKind.CutHead) { Method = head.Method }); // a 408 to HEAD has no body
            if (status != ParseStatus.Complete)
                return expectations;
            var expectation = ReadRequest(ref rest, head);
            expectations.Add(expectation);
            if (expectation.Kind != MessageKind.Whole)
                return expectations;
        }
    }

    private static Expectation ReadRequest(ref Span<byte> rest, RequestHead head)
    {
        if (head.ContentLength > MaxBodySize)
            return new Expectation(MessageKind.Refused) { Method = head.Method, Status = 413 };
        string target = Encoding.Latin1.GetString(head.Target.Of(rest));
        string path = PercentEncoding.DecodePath(head.Path.Of(rest));
        bool isForServer = head.TargetForm == TargetForm.Asterisk;
        bool isUnread = isForServer || path.StartsWith(EchoSite.Unread, StringComparison.Ordinal);
        bool isHalfRead = path.StartsWith(EchoSite.HalfRead, StringComparison.Ordinal);
        rest = rest[head.Length..];
        var body = head.IsChunked ? ReadChunks(ref rest, out var kind, out int status)
            : ReadLength(ref rest, head.ContentLength ?? 0, out kind, out status);
        var seen = isUnread ? [] : isHalfRead ? body[..Math.Min(body.Length, EchoSite.HalfReadBytes)] : body;
        return new Expectation(kind)
        {
            Status = status,
            Method = head.Method,
            Echo = isForServer ? null : EchoSite.Describe(head.Method, target, path, seen),
            IsStreamed = path.StartsWith(EchoSite.Streamed, StringComparison.Ordinal) && !isForServer,
            ReadsAll = !isUnread && !isHalfRead,
            HasBody = head.HasBody,
            MayContinue = head.ExpectContinue,
            KeepAlive = head.KeepAlive,
            IsOld = head.MinorVersion == 0,
        };
    }

    private static byte[] ReadLength(ref Span<byte> rest, long length, out MessageKind kind, out int status)
    {
        int count = (int)Math.Min(length, rest.Length);
        byte[] body = rest[..count].ToArray();
        rest = rest[count..];
        kind = count == length ? MessageKind.Whole : MessageKind.CutBody;
        status = 400;
        return body;
    }

    private static byte[] ReadChunks(ref Span<byte> rest, out MessageKind kind, out int status)
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, MaxBodySize);
        byte[] body = new byte[rest.Length];
        var result = decoder.Decode(rest, body, out int consumed, out int written);
        rest = rest[consumed..];
        kind = result switch
        {
            ParseStatus.Complete => MessageKind.Whole,
            ParseStatus.Invalid => MessageKind.BrokenBody,
            _ => MessageKind.CutBody,
        };
        status = decoder.Rejection?.Status ?? 400;
        return body[..written];
    }
}
