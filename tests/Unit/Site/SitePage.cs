using System.Text.RegularExpressions;

namespace AsyncServer.Unit.Site;

/// <summary>A page of the sample site, read as far as its tests need: our own markup, not any HTML.</summary>
internal sealed partial class SitePage
{
    internal SitePage(string path)
    {
        Path = path;
        Source = File.ReadAllText(path);
    }

    internal string Path { get; }

    internal string Source { get; }

    /// <summary>The values of every href, src and action.</summary>
    internal IEnumerable<string> Links => LinkAttribute().Matches(Source).Select(static match => match.Groups[1].Value);

    internal IReadOnlyList<string> Ids => [.. IdAttribute().Matches(Source).Select(static match => match.Groups[1].Value)];

    /// <summary>The rungs of the ladder: id, class, and the word that the reader sees.</summary>
    internal IReadOnlyList<(string Id, string Kind, string Word)> Rungs =>
        [.. Rung().Matches(Source).Select(static match => (match.Groups[1].Value, match.Groups[2].Value, match.Groups[3].Value))];

    [GeneratedRegex("""\s(?:href|src|action)="([^"]*)""")]
    private static partial Regex LinkAttribute();

    [GeneratedRegex("""\sid="([^"]+)""")]
    private static partial Regex IdAttribute();

    [GeneratedRegex("""<li id="(s\d+)" class="rung (\w+)">\s*<h3>[^<]*<span class="status">([^<]+)</span></h3>""")]
    private static partial Regex Rung();
}
