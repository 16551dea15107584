using System.Collections.ObjectModel;
using Microsoft.Net.Http.Headers;

namespace AsyncServer.Http;

/// <summary>Reads a Cookie header (RFC 6265 section 4.2.1).</summary>
internal static class RequestCookies
{
    internal static IReadOnlyDictionary<string, string> Parse(string? header)
    {
        if (header is null)
            return ReadOnlyDictionary<string, string>.Empty;
        var cookies = new Dictionary<string, string>(StringComparer.Ordinal);
        // Pair by pair: the framework's list parser looks for a cookie inside of a malformed one.
        foreach (var pair in header.AsSpan().Split(';'))
        {
            if (CookieHeaderValue.TryParse(header[pair].Trim(), out var cookie))
                cookies.TryAdd(cookie.Name.ToString(), cookie.Value.ToString());
        }
        return cookies;
    }
}
