namespace AsyncServer.Http;

/// <summary>Where a folder is that was asked for without its slash: with it, relative links of its page stay below it.</summary>
internal static class FolderLocation
{
    /// <summary>The status of the redirect: clients may remember it.</summary>
    internal const int Status = 301;

    /// <param name="path">The path without the slash, as it stands in a URL.</param>
    /// <param name="query">The query without its question mark; empty for none.</param>
    internal static string Of(string path, string query) => path + "/" + (query.Length == 0 ? "" : "?" + query);
}
