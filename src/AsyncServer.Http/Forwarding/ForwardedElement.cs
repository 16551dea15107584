using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// What one proxy says in a <c>Forwarded</c> header: <c>for=192.0.2.1;proto=https;host=a.example</c> (RFC 7239 section 4).
/// </summary>
internal readonly record struct ForwardedElement(string? For, string? Proto, string? Host)
{
    /// <summary>
    /// Where the last element begins of those that end before <paramref name="end"/>. It is looked for from the right, where the nearest
    /// proxy wrote: a quote that a client has left open cannot hide what was added behind it.
    /// </summary>
    /// <returns>-1 where quotes do not match.</returns>
    internal static int FindLast(ReadOnlySpan<char> header, int end)
    {
        bool isQuoted = false;
        for (int i = end - 1; i >= 0; i--)
        {
            if (header[i] == '"')
            {
                bool isEscaped = IsEscaped(header, i);
                if (isEscaped && !isQuoted)
                    return -1;
                isQuoted ^= !isEscaped;
            }
            else if (header[i] == ',' && !isQuoted)
            {
                return i + 1;
            }
        }
        return isQuoted ? -1 : 0;
    }

    /// <returns>Null where it is malformed.</returns>
    internal static ForwardedElement? Parse(ReadOnlySpan<char> text)
    {
        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (true)
        {
            text = text.Trim(" \t");
            int equals = text.IndexOf('=');
            string name = text[..Math.Max(equals, 0)].ToString();
            int length = ReadValue(text[(equals + 1)..], out string? value);
            if (!HeaderSyntax.IsToken(name) || length == 0 || !seen.TryAdd(name, value!))
                return null; // RFC 7239 4: none is there twice
            text = text[(equals + 1 + length)..].TrimStart(" \t");
            if (text.IsEmpty)
                return new ForwardedElement(seen.GetValueOrDefault("for"), seen.GetValueOrDefault("proto"), seen.GetValueOrDefault("host"));
            if (text[0] != ';')
                return null;
            text = text[1..];
        }
    }

    // A token or a quoted string; returns how long it is.
    private static int ReadValue(ReadOnlySpan<char> text, out string? value)
    {
        value = null;
        if (text is not ['"', ..])
        {
            int end = text.IndexOfAny(";, \t");
            value = (end < 0 ? text : text[..end]).ToString();
            return HeaderSyntax.IsToken(value) ? value.Length : 0;
        }
        var unquoted = new StringBuilder();
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                value = unquoted.ToString();
                return i + 1;
            }
            if (text[i] == '\\' && ++i == text.Length)
                return 0;
            unquoted.Append(text[i]);
        }
        return 0;
    }

    private static bool IsEscaped(ReadOnlySpan<char> header, int quote)
    {
        int backslashes = 0;
        while (backslashes < quote && header[quote - 1 - backslashes] == '\\')
            backslashes++;
        return backslashes % 2 == 1;
    }
}
