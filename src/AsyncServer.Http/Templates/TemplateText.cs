using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace AsyncServer.Http;

/// <summary>A parsed template: pieces of text, each followed by a placeholder, the last by none.</summary>
internal sealed class TemplateText
{
    private const string Open = "{%";
    private const string Close = "%}";

    // Safe in text and in quoted attributes. Letters of every script stay readable: the page is UTF-8.
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(UnicodeRanges.All);

    private readonly string _name;
    private readonly List<Piece> _pieces = [];

    private TemplateText(string name) => _name = name;

    /// <exception cref="TemplateException">A placeholder is malformed.</exception>
    internal static TemplateText Parse(string text, string name)
    {
        var template = new TemplateText(name);
        int line = 1;
        int position = 0;
        for (int open; (open = text.IndexOf(Open, position, StringComparison.Ordinal)) >= 0;)
        {
            line += text.AsSpan(position, open - position).Count('\n');
            int start = open + Open.Length;
            int close = text.IndexOf(Close, start, StringComparison.Ordinal);
            if (close < 0)
                throw new TemplateException(name, line, "A placeholder is not closed with %}.");
            template._pieces.Add(ParsePlaceholder(text[position..open], text[start..close], line, name));
            line += text.AsSpan(start, close - start).Count('\n');
            position = close + Close.Length;
        }
        template._pieces.Add(new Piece(text[position..], null, IsRaw: false, line));
        return template;
    }

    /// <exception cref="TemplateException">A value is missing.</exception>
    internal string Render(TemplateValues values)
    {
        var result = new StringBuilder();
        foreach (var piece in _pieces)
        {
            result.Append(piece.Before);
            if (piece.Name is null)
                continue;
            if (!values.TryGet(piece.Name, out object? value))
                throw new TemplateException(_name, piece.Line, $"There is no value for '{piece.Name}'.");
            if (value is null)
                throw new TemplateException(_name, piece.Line, $"The value of '{piece.Name}' is null.");
            string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            result.Append(piece.IsRaw ? text : Html.Encode(text));
        }
        return result.ToString();
    }

    private static Piece ParsePlaceholder(string before, string inner, int line, string file)
    {
        if (inner.Length == 0)
            return new Piece(before + Open, null, IsRaw: false, line); // {%%}
        string trimmed = inner.Trim();
        bool isRaw = trimmed.StartsWith('!');
        string name = isRaw ? trimmed[1..].TrimStart() : trimmed;
        if (name.Length == 0 || !name.All(static c => char.IsLetterOrDigit(c) || c == '_'))
            throw new TemplateException(file, line, $"'{trimmed}' is no name: they are letters, digits and underscores.");
        return new Piece(before, name, isRaw, line);
    }

    private readonly record struct Piece(string Before, string? Name, bool IsRaw, int Line);
}
