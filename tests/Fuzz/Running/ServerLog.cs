namespace AsyncServer.Fuzz;

/// <summary>What a server says that has met nothing but bad clients.</summary>
internal static class ServerLog
{
    private static readonly string[] Signs = [" fail: ", " crit: ", "Unhandled exception", "   at "];

    /// <returns>The first line that tells of a mistake, with a few more; null when there is none.</returns>
    internal static string? FindMistake(string log)
    {
        string[] lines = log.Split('\n');
        int at = Array.FindIndex(lines, static line => Array.Exists(Signs, sign => line.Contains(sign, StringComparison.Ordinal)));
        return at < 0 ? null : "the server's log: " + string.Join('\n', lines.Skip(at).Take(20));
    }
}
