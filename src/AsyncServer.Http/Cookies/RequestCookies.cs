using System.Buffers;
using System.Collections.ObjectModel;
using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// Reads a Cookie header as browsers write it: RFC 6265 section 4.2.1, and beyond that whatever a page's script may have put into a value,
/// such as JSON, spaces, commas and UTF-8.
/// </summary>
internal static class RequestCookies
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> NotInNames = SearchValues.Create("\t \"");

    internal static IReadOnlyDictionary<string, string> Parse(string? header)
    {
        if (header is null)
            return ReadOnlyDictionary<string, string>.Empty;
        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in header.AsSpan().Split(';'))
        {
            var text = header.AsSpan()[pair].Trim(" \t");
            int equals = text.IndexOf('=');
            if (equals <= 0)
                continue;
            var name = text[..equals].TrimEnd(" \t");
            var value = text[(equals + 1)..].TrimStart(" \t");
            bool isUnterminated = value is ['"', ..] and not ['"', .., '"'];
            if (name.IsEmpty || name.ContainsAny(NotInNames) || isUnterminated || HasControl(text))
                continue;
            cookies.TryAdd(Decode(name), Decode(value));
        }
        return cookies;
    }

    private static bool HasControl(ReadOnlySpan<char> text)
    {
        foreach (char character in text)
        {
            if (character is < ' ' and not '\t' or '\x7F')
                return true;
        }
        return false;
    }

    // Header values are Latin-1, what browsers put into them is UTF-8. What is not that stays as it is.
    private static string Decode(ReadOnlySpan<char> text)
    {
        string latin = text.ToString();
        if (Ascii.IsValid(text))
            return latin;
        try { return StrictUtf8.GetString(Encoding.Latin1.GetBytes(latin)); }
        catch (DecoderFallbackException) { return latin; }
    }
}
