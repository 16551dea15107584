using System.Text;

namespace AsyncServer.Http;

/// <summary>The weights of Accept and Accept-Encoding (RFC 9110 section 12.4.2).</summary>
internal static class QualityValue
{
    /// <summary>The weight of what is named without one, in thousandths.</summary>
    internal const int Most = 1000;

    private const int MaxDigits = 3;

    /// <summary>Reads an element of such a list.</summary>
    /// <param name="element">A name, possibly with parameters.</param>
    /// <param name="name">The part before the first semicolon.</param>
    /// <param name="weight">In thousandths.</param>
    /// <returns>False for an element whose weight is malformed: it is passed over.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> element, out ReadOnlySpan<byte> name, out int weight)
    {
        weight = Most;
        int end = element.IndexOf((byte)';');
        name = Trim(end < 0 ? element : element[..end]);
        while (end >= 0)
        {
            element = element[(end + 1)..];
            end = element.IndexOf((byte)';');
            var parameter = Trim(end < 0 ? element : element[..end]);
            if (parameter.Length >= 2 && Ascii.EqualsIgnoreCase(parameter[..2], "q="u8))
                return TryParse(parameter[2..], out weight);
        }
        return true;
    }

    private static bool TryParse(ReadOnlySpan<byte> text, out int weight)
    {
        weight = 0;
        if (text is not [(byte)'0' or (byte)'1', ..] || (text.Length > 1 && text[1] != '.') || text.Length > MaxDigits + 2)
            return false;
        weight = (text[0] - '0') * Most;
        int unit = Most / 10;
        foreach (byte digit in text.Length > 2 ? text[2..] : [])
        {
            if (!char.IsAsciiDigit((char)digit))
                return false;
            weight += (digit - '0') * unit;
            unit /= 10;
        }
        return weight <= Most;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t"u8);
}
