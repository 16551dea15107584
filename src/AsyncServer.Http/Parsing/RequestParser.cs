namespace AsyncServer.Http;

/// <summary>
/// Parses the head of an HTTP/1.x request as a fold over a growing buffer: after Incomplete, call again with the same
/// bytes and more. The last answer is the same however the input was split, because each line is judged when it is
/// whole, in order, and a line's room before its content. No byte is searched twice, and nothing is thrown.
/// </summary>
internal static class RequestParser
{
    /// <param name="message">The bytes from the start of this message; what follows the head is left alone.</param>
    /// <param name="head">Reset, or as the last call on this message left it.</param>
    /// <param name="limits">The same in each call on a message.</param>
    internal static ParseStatus Parse(ReadOnlySpan<byte> message, RequestHead head, in ParserLimits limits)
    {
        while (head.Phase < ParsePhase.Complete)
        {
            ParseStatus line = head.Phase == ParsePhase.Headers
                ? ReadHeaderLine(message, head, limits)
                : ReadRequestLine(message, head, limits);
            if (line != ParseStatus.Complete)
            {
                return line;
            }
        }

        return head.Phase == ParsePhase.Complete ? ParseStatus.Complete : ParseStatus.Invalid;
    }

    private static ParseStatus ReadRequestLine(ReadOnlySpan<byte> message, RequestHead head, in ParserLimits limits)
    {
        int start = head.LineStart;
        if (start < message.Length && !CanBeginMethod(message[start]))
        {
            // A TLS handshake, most often: it would keep both sides waiting for an LF.
            return Refuse(head, Rejection.InvalidMethod);
        }

        ParseStatus taken = TakeLine(message, head, limits.MaxRequestLineSize, out ReadOnlySpan<byte> line);
        if (taken != ParseStatus.Complete)
        {
            return taken;
        }

        if (line.IsEmpty)
        {
            // RFC 9112 2.2: clients have sent an empty line after a body.
            if (head.Phase == ParsePhase.RequestLine)
            {
                return Refuse(head, Rejection.EmptyRequestLine);
            }

            head.Phase = ParsePhase.RequestLine;
            return ParseStatus.Complete;
        }

        if (RequestLine.Parse(line, start, head) is { } rejection)
        {
            return Refuse(head, rejection);
        }

        head.Phase = ParsePhase.Headers;
        head.HeadersStart = head.LineStart;
        return ParseStatus.Complete;
    }

    private static ParseStatus ReadHeaderLine(ReadOnlySpan<byte> message, RequestHead head, in ParserLimits limits)
    {
        int start = head.LineStart;
        int room = limits.MaxRequestHeadersTotalSize - (start - head.HeadersStart);
        ParseStatus taken = TakeLine(message, head, room, out ReadOnlySpan<byte> line);
        if (taken != ParseStatus.Complete)
        {
            return taken;
        }

        if (line.IsEmpty)
        {
            return Finish(message, head);
        }

        if (head.HeaderCount == limits.MaxRequestHeaderCount)
        {
            return Refuse(head, Rejection.TooManyHeaders);
        }

        if (FieldLine.Parse(line, start, out HeaderField field) is { } rejection)
        {
            return Refuse(head, rejection);
        }

        head.Add(field);
        head.Known.Note(message, field);
        return ParseStatus.Complete;
    }

    private static ParseStatus Finish(ReadOnlySpan<byte> message, RequestHead head)
    {
        if (HeadRules.Apply(message, head) is { } rejection)
        {
            return Refuse(head, rejection);
        }

        head.Length = head.LineStart;
        head.Phase = ParsePhase.Complete;
        return ParseStatus.Complete;
    }

    // The next line without its CRLF, if it ends within the room it has.
    private static ParseStatus TakeLine(
        ReadOnlySpan<byte> message, RequestHead head, int room, out ReadOnlySpan<byte> line)
    {
        int start = head.LineStart;
        int end = start + Math.Min(message.Length - start, room);
        int found = message[head.Searched..end].IndexOf(Syntax.LineFeed);
        if (found < 0)
        {
            line = default;
            head.Searched = end;
            return end - start == room ? Refuse(head, TooLong(head)) : ParseStatus.Incomplete;
        }

        int lineFeed = head.Searched + found;
        if (lineFeed == start || message[lineFeed - 1] != Syntax.CarriageReturn)
        {
            line = default;
            return Refuse(head, Rejection.BareLineFeed);
        }

        line = message[start..(lineFeed - 1)];
        head.LineStart = head.Searched = lineFeed + 1;
        return ParseStatus.Complete;
    }

    private static bool CanBeginMethod(byte first) =>
        first is Syntax.CarriageReturn or Syntax.LineFeed || Syntax.Token.Contains(first);

    private static Rejection TooLong(RequestHead head) =>
        head.Phase == ParsePhase.Headers ? Rejection.HeadersTooLarge : Rejection.RequestLineTooLong;

    private static ParseStatus Refuse(RequestHead head, Rejection rejection)
    {
        head.Rejection = rejection;
        head.Phase = ParsePhase.Invalid;
        return ParseStatus.Invalid;
    }
}
