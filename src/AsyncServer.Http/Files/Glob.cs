using System.Text;
using System.Text.RegularExpressions;

namespace AsyncServer.Http;

/// <summary>
/// A pattern of paths below the root: <c>?</c> is a character and <c>*</c> any number of them within a name, <c>**</c> any number
/// of names. The whole path must match, in the letters' own case.
/// </summary>
internal sealed class Glob
{
    private readonly Regex _pattern;

    internal Glob(string pattern)
    {
        // NonBacktracking: a time linear in the path's length, whatever the pattern.
        _pattern = new Regex(Translate(pattern.TrimStart('/')),
            RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);
    }

    internal bool Matches(string path) => _pattern.IsMatch(path);

    private static string Translate(string pattern)
    {
        var regex = new StringBuilder(@"\A");
        for (int i = 0; i < pattern.Length; i++)
        {
            var rest = pattern.AsSpan(i);
            if (rest.StartsWith("**/"))
            {
                regex.Append("(?:.*/)?"); // no name at all is a number of names too
                i += 2;
            }
            else if (rest.StartsWith("**"))
            {
                regex.Append(".*");
                i++;
            }
            else
            {
                regex.Append(pattern[i] switch { '*' => "[^/]*", '?' => "[^/]", var character => Regex.Escape($"{character}") });
            }
        }
        return regex.Append(@"\z").ToString();
    }
}
