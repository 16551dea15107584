namespace AsyncServer.Http;

/// <summary>The grammar of one header or trailer line (RFC 9112 5).</summary>
internal static class FieldLine
{
    /// <param name="line">The line without its CRLF.</param>
    /// <param name="start">Where the line starts in its message; the slices count from there.</param>
    /// <param name="field">The field, if the line is well-formed.</param>
    internal static Rejection? Parse(ReadOnlySpan<byte> line, int start, out HeaderField field)
    {
        field = default;
        int colon = line.IndexOfAnyExcept(Syntax.Token);
        if (colon <= 0 || line[colon] != ':')
        {
            return Explain(line, colon);
        }

        ReadOnlySpan<byte> value = line[(colon + 1)..];
        if (value.ContainsAny(Syntax.FieldControls))
        {
            return Rejection.InvalidHeaderValue;
        }

        Slice content = TrimBlanks(value);
        field = new HeaderField(
            new Slice(start, colon),
            new Slice(start + colon + 1 + content.Start, content.Length));
        return null;
    }

    internal static Slice TrimBlanks(ReadOnlySpan<byte> value)
    {
        int start = 0;
        int end = value.Length;
        while (start < end && Syntax.IsBlank(value[start]))
        {
            start++;
        }

        while (end > start && Syntax.IsBlank(value[end - 1]))
        {
            end--;
        }

        return new Slice(start, end - start);
    }

    private static Rejection Explain(ReadOnlySpan<byte> line, int stop)
    {
        if (stop < 0)
        {
            return Rejection.MissingColon;
        }

        if (!Syntax.IsBlank(line[stop]))
        {
            return Rejection.InvalidHeaderName;
        }

        // RFC 9112 5.2 for the first, 5.1 for the second: both have hidden headers from one of two servers.
        return stop == 0 ? Rejection.ObsoleteLineFolding : Rejection.WhiteSpaceInHeaderName;
    }
}
