namespace AsyncServer.Http;

/// <summary>Which Cache-Control a file gets: that of the first rule whose pattern its path matches.</summary>
internal sealed class CacheRules(IEnumerable<(string Glob, string Value)> rules)
{
    private readonly (Glob Glob, string Value)[] _rules = [.. rules.Select(static rule => (new Glob(rule.Glob), rule.Value))];

    /// <param name="path">Below the root, without a slash in front.</param>
    internal string? For(string path)
    {
        foreach (var (glob, value) in _rules)
        {
            if (glob.Matches(path))
                return value;
        }
        return null;
    }
}
