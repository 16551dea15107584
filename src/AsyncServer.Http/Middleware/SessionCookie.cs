using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using AsyncServer.Runtime;
using Microsoft.AspNetCore.DataProtection;

namespace AsyncServer.Http;

/// <summary>The way of a session into its cookie and back.</summary>
internal sealed class SessionCookie
{
    // RFC 6265 6.1: the size that browsers must accept for a cookie, name and attributes included.
    private const int MaxSize = 4096;

    private readonly SessionOptions _options;
    private readonly IDataProtector _protector;

    internal SessionCookie(SessionOptions options, IDataProtector protector)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Timeout, TimeSpan.Zero, nameof(options));
        (_options, _protector) = (options, protector);
        try
        {
            Make("", null).ToHeader();
        }
        catch (InvalidOperationException exception)
        {
            throw new ArgumentException(exception.Message, nameof(options), exception);
        }
    }

    /// <summary>The session that the request brings; a new one where there is none, or it is expired or forged.</summary>
    internal Session Read(Environ environ)
    {
        var now = Now;
        if (!environ.Cookies.TryGetValue(_options.CookieName, out string? text))
            return new Session([], wasSent: false, isAging: false);
        try
        {
            var content = JsonSerializer.Deserialize<Content>(_protector.Unprotect(Base64Url.DecodeFromChars(text)));
            if (content is not null && content.Expires > now)
                return new Session(content.Values, wasSent: true, isAging: content.Expires - now < _options.Timeout / 2);
        }
        catch (Exception exception) when (exception is CryptographicException or FormatException or JsonException)
        {
            // Forged, or made with keys that are gone: nobody's session.
        }
        return new Session([], wasSent: true, isAging: false);
    }

    /// <summary>The app's header lines with what the session needs.</summary>
    /// <exception cref="InvalidOperationException">The session is too large for a cookie.</exception>
    internal IReadOnlyList<(string Name, string Value)> Save(Session session, IReadOnlyList<(string Name, string Value)> headers)
    {
        session.IsSaved = true;
        bool removes = session.WasSent && session.Count == 0;
        bool writes = session.Count > 0 && (session.IsChanged || session.IsAging);
        if (!session.IsUsed && !writes)
            return headers;
        var all = headers.WithVary("Cookie");
        if (!writes && !removes)
            return all;
        var cookie = removes ? Make("", TimeSpan.Zero) : Make(Protect(session), _options.Timeout);
        var line = cookie.ToHeader();
        if (line.Value.Length > MaxSize)
            throw new InvalidOperationException(
                $"The session takes {line.Value.Length} bytes as a cookie, browsers keep {MaxSize}: store an id in it and the rest "
                + "elsewhere.");
        all.Add(line);
        if (headers.Find("Cache-Control") is null)
            all.Add(("Cache-Control", "private")); // no shared cache may give this visitor's cookie to another
        return all;
    }

    private static DateTimeOffset Now => (Hub.Current?.TimeProvider ?? TimeProvider.System).GetUtcNow();

    private string Protect(Session session) =>
        Base64Url.EncodeToString(
            _protector.Protect(JsonSerializer.SerializeToUtf8Bytes(new Content(Now + _options.Timeout, session.Contents))));

    private SetCookie Make(string value, TimeSpan? maxAge) =>
        new(_options.CookieName, value) { MaxAge = maxAge, Secure = _options.Secure, SameSite = _options.SameSite };

    private sealed record Content(DateTimeOffset Expires, Dictionary<string, string> Values);
}
