using System.Buffers;

namespace AsyncServer.Http;

/// <summary>What an app may put into a response's header lines and reason.</summary>
internal static class HeaderSyntax
{
    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // RFC 9110 5.5: CR, LF and NUL are dangerous; the other controls have no business there. Tab is allowed.
    private static readonly SearchValues<char> Control = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(static code => code != '\t').Append(127).Select(static code => (char)code)]);

    internal static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(Token);

    internal static bool IsText(string text)
    {
        // Above Latin-1 there is no byte for the character; apps encode such text themselves (RFC 8187).
        foreach (char c in text)
        {
            if (c > 0xFF)
                return false;
        }
        return !text.AsSpan().ContainsAny(Control);
    }

    /// <exception cref="ArgumentException">The header may not be set.</exception>
    internal static void CheckResponseHeader(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (!IsToken(name))
            throw new ArgumentException("A header's name must be a token (RFC 9110 section 5.1).", nameof(name));
        if (!IsText(value))
            throw new ArgumentException(WhatIsWrong(name, value), nameof(value));
        if (IsServers(name))
            throw new ArgumentException($"{name} frames the message or the connection; the server sets it (PEP 3333: hop-by-hop).",
                nameof(name));
    }

    private static string WhatIsWrong(string name, string value)
    {
        if (value.AsSpan().ContainsAny(Control))
            return $"The value of {name} has a control character.";
        string remedy = Is(name, "Content-Disposition") ? "make it by ContentDisposition.Attachment or Inline"
            : "encode it, for example as RFC 8187 does";
        return $"The value of {name} has a character beyond Latin-1, for which a header has no byte: {remedy}.";
    }

    // RFC 9110 7.6.1 and 9112 6: these describe this connection, which is not the app's to describe.
    private static bool IsServers(string name) => name.Length switch
    {
        2 => Is(name, "TE"),
        7 => Is(name, "Trailer") || Is(name, "Upgrade"),
        10 => Is(name, "Keep-Alive"),
        16 => Is(name, "Proxy-Connection"),
        17 => Is(name, "Transfer-Encoding"),
        _ => false,
    };

    /// <summary>Whether two names are the same: of headers, media types and tokens, in any letter case.</summary>
    internal static bool Is(string? name, string other) => string.Equals(name, other, StringComparison.OrdinalIgnoreCase);
}
