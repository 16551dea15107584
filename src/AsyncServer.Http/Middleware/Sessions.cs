using Microsoft.AspNetCore.DataProtection;

namespace AsyncServer.Http;

/// <summary>Middleware that gives each visitor a <see cref="Session"/>, which travels in an encrypted and signed cookie.</summary>
public static class Sessions
{
    /// <summary>The key of the session in <see cref="Environ"/>.</summary>
    public const string EnvironKey = Session.EnvironKey;

    // One for all: the apps of a process understand each other's sessions.
    private static readonly Lazy<EphemeralDataProtectionProvider> Ephemeral = new();

    private const string Purpose = "AsyncServer.Http.Sessions";

    /// <summary>Wraps an app, which finds the session in <see cref="Environ.Session"/>.</summary>
    /// <param name="app">
    /// May change the session until it returns its body, calls <c>write</c>, or gives the first piece of a sequence.
    /// </param>
    /// <param name="options">The defaults unless given.</param>
    /// <exception cref="ArgumentException">The cookie's name is malformed, or the timeout is not above zero.</exception>
    public static Application Wrap(Application app, SessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        options ??= new SessionOptions();
        var cookie = new SessionCookie(options, Protection(options).CreateProtector(Purpose, options.CookieName));
        return async (environ, startResponse) =>
        {
            var session = cookie.Read(environ);
            environ[EnvironKey] = session;
            var start = new DelayedStart((status, headers, excInfo) => startResponse(status, cookie.Save(session, headers), excInfo));
            var body = await app(environ, start.Start);
            try
            {
                start.Release();
            }
            catch
            {
                await body.DisposeAsync();
                throw;
            }
            return body;
        };
    }

    private static IDataProtectionProvider Protection(SessionOptions options)
    {
        if (options.Protection is not null)
            return options.Protection;
        if (options.KeyFolder is null)
            return Ephemeral.Value;
        var folder = new DirectoryInfo(options.KeyFolder);
        if (!folder.Exists && !OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder.FullName, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return DataProtectionProvider.Create(folder);
    }
}
