namespace AsyncServer.Http;

/// <summary>The header lines that an app gave to start_response, as middleware looks at them.</summary>
internal static class HeaderList
{
    internal static string? Find(this IReadOnlyList<(string Name, string Value)> headers, string name)
    {
        foreach (var header in headers)
        {
            if (HeaderSyntax.Is(header.Name, name))
                return header.Value;
        }
        return null;
    }

    internal static bool Contains(this IReadOnlyList<(string Name, string Value)> headers, string name, string part) =>
        headers.Any(header => HeaderSyntax.Is(header.Name, name) && header.Value.Contains(part, StringComparison.OrdinalIgnoreCase));

    /// <summary>The lines with one more field in Vary (RFC 9110 section 12.5.5).</summary>
    internal static List<(string Name, string Value)> WithVary(this IReadOnlyList<(string Name, string Value)> headers, string field)
    {
        List<(string Name, string Value)> all = [.. headers];
        bool isThere = headers.Where(static header => HeaderSyntax.Is(header.Name, "Vary"))
            .SelectMany(static header => header.Value.Split(',', StringSplitOptions.TrimEntries))
            .Any(name => name == "*" || HeaderSyntax.Is(name, field));
        if (!isThere)
            all.Add(("Vary", field));
        return all;
    }
}
