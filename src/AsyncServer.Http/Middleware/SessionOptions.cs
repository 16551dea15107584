using Microsoft.AspNetCore.DataProtection;
using Microsoft.Net.Http.Headers;

namespace AsyncServer.Http;

/// <summary>How sessions are kept: see <see cref="Sessions.Wrap"/>.</summary>
public sealed class SessionOptions
{
    /// <summary>The cookie's name. <c>__Host-session</c> is the better one where <see cref="Secure"/> is set.</summary>
    public string CookieName { get; init; } = "session";

    /// <summary>
    /// The folder of the keys that sessions are encrypted with, made if it is not there. Null makes keys that live as long as the process:
    /// then a restart ends all sessions, and several worker processes do not understand each other's. Who reads the folder can forge
    /// sessions.
    /// </summary>
    public string? KeyFolder { get; init; }

    /// <summary>Protects the cookies instead of keys in <see cref="KeyFolder"/>; null unless the program has its own.</summary>
    public IDataProtectionProvider? Protection { get; init; }

    /// <summary>
    /// How long a session lives after the last request that renewed it; a request does so when half of the time has passed. 8 hours unless
    /// set.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(8);

    /// <summary>Whether the cookie is sent over TLS alone. Set it wherever clients come over TLS.</summary>
    public bool Secure { get; init; }

    /// <summary>Whether requests that begin on other sites carry the cookie.</summary>
    public SameSiteMode SameSite { get; init; } = SameSiteMode.Lax;
}
