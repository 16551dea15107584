using System.Globalization;

namespace AsyncServer.Http;

/// <summary>A path with placeholders, and perhaps everything below it.</summary>
internal sealed class UrlPattern
{
    private const string IntegerSuffix = ":int";

    private enum Kind : byte { Literal, Integer, Text }

    private readonly (Kind Kind, string Text)[] _segments;

    internal UrlPattern(string path, bool isPrefix)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!path.StartsWith('/') && !(isPrefix && path.Length == 0))
            throw new ArgumentException($"A URL begins with a slash; '{path}' does not.", nameof(path));
        IsPrefix = isPrefix;
        _segments = path.Length == 0 ? [] : [.. path[1..].Split('/').Select(segment => Parse(segment, path))];
        var names = _segments.Where(static segment => segment.Kind != Kind.Literal).Select(static segment => segment.Text).ToList();
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            throw new ArgumentException($"A placeholder's name is there twice in '{path}'.", nameof(path));
    }

    /// <summary>Whether it matches what is below it too.</summary>
    internal bool IsPrefix { get; }

    /// <summary>Which of two patterns is asked first: the more exact one.</summary>
    internal int CompareTo(UrlPattern other)
    {
        int i = 0;
        while (i < _segments.Length && Rank(i) == other.Rank(i))
            i++;
        return Rank(i).CompareTo(other.Rank(i));
    }

    internal bool IsSameAs(UrlPattern other) =>
        IsPrefix == other.IsPrefix && _segments.Length == other._segments.Length
        && _segments.Zip(other._segments).All(static pair => pair.First.Kind == pair.Second.Kind
            && (pair.First.Kind != Kind.Literal || pair.First.Text == pair.Second.Text));

    /// <summary>How many characters of a path it takes; -1 where it does not match.</summary>
    /// <param name="path">Decoded.</param>
    /// <param name="values">What the placeholders took; null without any.</param>
    internal int Match(string path, out Dictionary<string, object>? values)
    {
        values = null;
        int position = 0;
        foreach (var (kind, text) in _segments)
        {
            if (position >= path.Length)
                return -1;
            int start = position + 1; // behind the slash
            int end = path.IndexOf('/', start);
            end = end < 0 ? path.Length : end;
            var segment = path.AsSpan(start, end - start);
            if (kind == Kind.Literal ? !segment.SequenceEqual(text) : !TryTake(segment, kind, text, ref values))
                return -1;
            position = end;
        }
        return IsPrefix || position == path.Length ? position : -1;
    }

    // The end counts as one more segment, so that any two patterns have an order.
    private int Rank(int index) => index < _segments.Length ? (int)_segments[index].Kind : (int)Kind.Text + (IsPrefix ? 2 : 1);

    private static bool TryTake(ReadOnlySpan<char> segment, Kind kind, string name, ref Dictionary<string, object>? values)
    {
        if (segment.IsEmpty)
            return false;
        object value;
        if (kind == Kind.Text)
            value = segment.ToString();
        else if (int.TryParse(segment, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            value = number;
        else
            return false;
        (values ??= new Dictionary<string, object>(StringComparer.Ordinal)).Add(name, value);
        return true;
    }

    private static (Kind, string) Parse(string segment, string path)
    {
        if (!segment.Contains('{') && !segment.Contains('}'))
            return (Kind.Literal, segment);
        bool isWhole = segment.StartsWith('{') && segment.EndsWith('}');
        string inner = isWhole ? segment[1..^1] : "";
        bool isInteger = inner.EndsWith(IntegerSuffix, StringComparison.Ordinal);
        string name = isInteger ? inner[..^IntegerSuffix.Length] : inner;
        if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'))
            throw new ArgumentException($"'{segment}' in '{path}' is no placeholder: they are whole segments, {{name}} or {{name:int}}.",
                nameof(path));
        return (isInteger ? Kind.Integer : Kind.Text, name);
    }
}
