namespace AsyncServer.Http;

/// <summary>The Range header (RFC 9110 section 14.2), read once from left to right.</summary>
internal static class RangeHeader
{
    /// <summary>Video players and download managers ask for a few; more are a burden, and ignored.</summary>
    internal const int MaxRanges = 16;

    private const string Unit = "bytes=";

    /// <param name="value">The header's value.</param>
    /// <param name="length">The representation's length.</param>
    /// <param name="ranges">Where the satisfiable ones go, in the order asked for; at least <see cref="MaxRanges"/>.</param>
    /// <param name="count">How many there are.</param>
    internal static RangeResult Parse(ReadOnlySpan<char> value, long length, Span<ByteRange> ranges, out int count)
    {
        count = 0;
        if (length == 0)
            // RFC 9110 14.1.2: of nothing no range can be satisfied, and clients that always ask for one must not fail
            return RangeResult.Ignored;
        if (!value.StartsWith(Unit, StringComparison.OrdinalIgnoreCase))
            return RangeResult.Ignored;
        value = value[Unit.Length..];
        int asked = 0;
        foreach (var piece in value.Split(','))
        {
            var text = value[piece].Trim(" \t");
            if (text.IsEmpty)
                continue; // RFC 9110 5.6.1: empty elements of a list are passed over
            if (++asked > MaxRanges || !TryParse(text, length, out var range))
            {
                count = 0;
                return RangeResult.Ignored;
            }
            if (range.Length > 0)
                ranges[count++] = range;
        }
        return count > 0 ? RangeResult.Satisfiable
            : asked == 0 ? RangeResult.Ignored
            : RangeResult.Unsatisfiable;
    }

    /// <summary>False for what is no range; a range of length 0 is one that cannot be satisfied.</summary>
    private static bool TryParse(ReadOnlySpan<char> text, long length, out ByteRange range)
    {
        range = default;
        int dash = text.IndexOf('-');
        if (dash < 0)
            return false;
        long first = 0;
        long last = long.MaxValue;
        bool hasFirst = dash > 0;
        bool hasLast = dash < text.Length - 1;
        if ((hasFirst && !TryParseNumber(text[..dash], out first)) || (hasLast && !TryParseNumber(text[(dash + 1)..], out last)))
            return false;
        if (!hasFirst)
        {
            if (!hasLast)
                return false;
            long suffix = Math.Min(last, length);
            range = new ByteRange(length - suffix, suffix);
            return true;
        }
        if (last < first)
            return false;
        if (first < length)
            range = new ByteRange(first, Math.Min(last, length - 1) - first + 1);
        return true;
    }

    /// <summary>Digits alone; what is too large for a length is the largest one.</summary>
    private static bool TryParseNumber(ReadOnlySpan<char> text, out long number)
    {
        number = 0;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            number = number > (long.MaxValue - 9) / 10 ? long.MaxValue : (number * 10) + (digit - '0');
        }
        return true;
    }
}
