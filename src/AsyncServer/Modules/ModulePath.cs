namespace AsyncServer.Modules;

/// <summary>Which script a request's path names.</summary>
internal static class ModulePath
{
    internal const string Extension = ".csx";

    private const string UrlExtension = ".py";

    /// <summary>
    /// The script's path below the web folder: <c>admin/users.csx</c> for <c>/admin/users.py</c>; null for a path that none may have.
    /// </summary>
    internal static string? ToScript(string path)
    {
        // A backslash separates names on other systems, and control characters never stand in a path that was meant well.
        if (!path.StartsWith('/') || !path.EndsWith(UrlExtension, StringComparison.Ordinal)
            || path.Any(static character => character == '\\' || char.IsControl(character)))
            return null;
        foreach (var name in path.AsSpan(1).Split('/'))
        {
            if (path.AsSpan(1)[name] is [] or ['.', ..]) // also '..', and a module without a name
                return null;
        }
        return string.Concat(path.AsSpan(1, path.Length - 1 - UrlExtension.Length), Extension);
    }

    /// <summary>The path that asks for a script; null for one whose name no path may have.</summary>
    internal static string? ToUrl(string script)
    {
        string path = $"/{script.AsSpan(0, script.Length - Extension.Length)}{UrlExtension}";
        return ToScript(path) == script ? path : null;
    }
}
