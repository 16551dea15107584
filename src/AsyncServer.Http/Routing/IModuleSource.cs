namespace AsyncServer.Http;

/// <summary>
/// Where applications come from that are not known when the server starts, such as files that are compiled when they are asked for.
/// </summary>
public interface IModuleSource
{
    /// <summary>
    /// The application for a path. Called on a hub for each request, so it must not block; for one that is there it should end at once and
    /// allocate nothing. What it throws is answered with 500 and logged.
    /// </summary>
    /// <param name="path">
    /// Ends in <c>.py</c>, percent-decoded once, not otherwise checked: it may hold dots, backslashes and control characters.
    /// </param>
    /// <returns>Null where there is none; files, the fallback and 404 are next.</returns>
    ValueTask<Application?> FindAsync(string path);
}
