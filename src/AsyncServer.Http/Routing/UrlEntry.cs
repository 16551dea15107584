namespace AsyncServer.Http;

/// <summary>One line of a <see cref="UrlMap"/>.</summary>
/// <param name="Url">As it was given.</param>
/// <param name="Pattern">What it matches.</param>
/// <param name="Methods">Null for all.</param>
/// <param name="App">What answers.</param>
internal sealed record UrlEntry(string Url, UrlPattern Pattern, string[]? Methods, Application App)
{
    internal bool Allows(string method) => Methods is null || Methods.Contains(method) || (method == "HEAD" && Methods.Contains("GET"));

    internal bool Contradicts(UrlEntry other) =>
        Pattern.IsSameAs(other.Pattern) && (Methods is null || other.Methods is null || Methods.Intersect(other.Methods).Any());

    /// <exception cref="ArgumentException">One is no method, or there is none.</exception>
    internal static string[]? ParseMethods(string? methods)
    {
        if (methods is null)
            return null;
        string[] names = methods.Split(',', StringSplitOptions.TrimEntries);
        return Array.Find(names, static name => !HeaderSyntax.IsToken(name)) is { } wrong
            ? throw new ArgumentException($"'{wrong}' is not a method.", nameof(methods))
            : names;
    }
}
