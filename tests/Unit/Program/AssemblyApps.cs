using AsyncServer.Http;

namespace AsyncServer.Unit.Program;

/// <summary>Apps that <see cref="AppTests"/> has the program load from this assembly.</summary>
public static class AssemblyApps
{
    public static Application Property { get; } = (_, startResponse) => new(Answer(startResponse, "property"));

    public static int Number => 3;

    public static UrlMap? Nothing => null;

    public static string Method(Environ environ, StartResponse startResponse)
    {
        ArgumentNullException.ThrowIfNull(environ);
        return Answer(startResponse, "method " + environ.Path);
    }

    public static class Nested
    {
        public static Task<string> LaterAsync(Environ environ, StartResponse startResponse) =>
            Task.FromResult(Answer(startResponse, "nested"));
    }

    private static string Answer(StartResponse startResponse, string text)
    {
        ArgumentNullException.ThrowIfNull(startResponse);
        startResponse("200 OK", [("Content-Type", "text/plain")]);
        return text;
    }
}
