using Microsoft.Net.Http.Headers;

namespace AsyncServer.Http;

/// <summary>
/// A cookie for the client (RFC 6265 section 4.1). Unless told otherwise scripts cannot read it, other sites do not send it along with
/// their requests, and it counts for the whole site until the browser ends.
/// </summary>
/// <example><c>startResponse("200 OK", [new SetCookie("theme", "dark") { MaxAge = TimeSpan.FromDays(30) }.ToHeader()]);</c></example>
public sealed class SetCookie
{
    /// <summary>Makes a cookie.</summary>
    /// <param name="name">A token.</param>
    /// <param name="value">
    /// ASCII without white space, quotes, commas, semicolons and backslashes. Encode other text, with
    /// <see cref="Uri.EscapeDataString(string)"/> for example.
    /// </param>
    /// <exception cref="ArgumentException">The name or the value is not allowed (RFC 6265 section 4.1.1).</exception>
    public SetCookie(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (!HeaderSyntax.IsToken(name))
            throw new ArgumentException($"'{name}' is no name for a cookie: it must be a token (RFC 6265 section 4.1.1).", nameof(name));
        foreach (char c in value)
        {
            if (c is <= ' ' or >= '\x7f' or '"' or ',' or ';' or '\\')
            {
                throw new ArgumentException(
                    $"The value of the cookie {name} has a character that RFC 6265 section 4.1.1 does not allow; encode it, for "
                        + "example by Uri.EscapeDataString.", nameof(value));
            }
        }
        Name = name;
        Value = value;
    }

    /// <summary>
    /// The name. <c>__Secure-</c> and <c>__Host-</c> in front of it have the browser insist on the attributes that <see cref="ToHeader"/>
    /// checks.
    /// </summary>
    public string Name { get; }

    /// <summary>The value, as it is sent.</summary>
    public string Value { get; }

    /// <summary>The path below which it counts.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The domain with whose subdomains it is shared; null for this host alone.</summary>
    public string? Domain { get; init; }

    /// <summary>
    /// How long the browser keeps it, in whole seconds; zero has it removed at once, null keeps it until the browser ends.
    /// </summary>
    public TimeSpan? MaxAge { get; init; }

    /// <summary>The same as a time; <see cref="MaxAge"/> goes before it.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whether it is sent over TLS alone.</summary>
    public bool Secure { get; init; }

    /// <summary>Whether scripts cannot read it.</summary>
    public bool HttpOnly { get; init; } = true;

    /// <summary>Whether requests that begin on other sites carry it.</summary>
    public SameSiteMode SameSite { get; init; } = SameSiteMode.Lax;

    /// <summary>A cookie that has the browser remove one; path and domain must be those that it was set with.</summary>
    public static SetCookie Removing(string name, string path = "/", string? domain = null) =>
        new(name, "") { Path = path, Domain = domain, MaxAge = TimeSpan.Zero };

    /// <summary>The Set-Cookie line.</summary>
    /// <exception cref="InvalidOperationException">
    /// Browsers would refuse it: the attributes contradict each other or the name's prefix, or are malformed.
    /// </exception>
    public (string Name, string Value) ToHeader()
    {
        Check(MaxAge is null || MaxAge >= TimeSpan.Zero, "MaxAge is below zero");
        Check(Path.StartsWith('/') && IsAttribute(Path),
            "Path begins with a slash, and has no semicolon, control character or character beyond ASCII");
        Check(Domain is null || (Domain.Length > 0 && IsAttribute(Domain)),
            "Domain has no semicolon, control character or character beyond ASCII");
        Check(SameSite != SameSiteMode.None || Secure, "SameSite=None needs Secure");
        Check(!HasPrefix("__Secure-") || Secure, "the prefix __Secure- needs Secure");
        Check(!HasPrefix("__Host-") || (Secure && Path == "/" && Domain is null), "the prefix __Host- needs Secure, Path=/ and no Domain");
        var cookie = new SetCookieHeaderValue(Name, Value)
        {
            Path = Path,
            Domain = Domain,
            MaxAge = MaxAge,
            Expires = Expires,
            Secure = Secure,
            HttpOnly = HttpOnly,
            SameSite = SameSite,
        };
        return ("Set-Cookie", cookie.ToString());
    }

    private void Check(bool isAllowed, string rule)
    {
        if (!isAllowed)
            throw new InvalidOperationException($"The cookie {Name} cannot be set: {rule}.");
    }

    private bool HasPrefix(string prefix) => Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase);

    private static bool IsAttribute(string text) => text.All(static c => c is >= ' ' and < '\x7f' and not ';');
}
