using System.Collections.Concurrent;

namespace AsyncServer.Http;

/// <summary>
/// Text with placeholders: <c>{%name%}</c> becomes the value of that name, HTML-escaped, and <c>{%!name%}</c> the value as it is, for what
/// is HTML already. <c>{%%}</c> stands for <c>{%</c> itself. Names are letters, digits and underscores, case-sensitive; white space around
/// them is allowed. Values are put in once: placeholders in them are text. Any thread may render.
/// </summary>
public sealed class Template
{
    private static readonly ConcurrentDictionary<string, Template> ByPath = new(StringComparer.Ordinal);

    private readonly TemplateFile? _file;
    private readonly TemplateText? _text;

    private Template(TemplateFile file) => _file = file;

    private Template(TemplateText text) => _text = text;

    /// <summary>
    /// The template in a file, UTF-8. It is parsed once and read again when the file has changed, which <see cref="Render"/> sees by asking
    /// the file system for its length and times. Further calls with the same path give the same template.
    /// </summary>
    /// <param name="path">Relative to the current folder, or absolute.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="TemplateException">The template is malformed.</exception>
    public static Template FromFile(string path)
    {
        string fullPath = Path.GetFullPath(path);
        if (ByPath.TryGetValue(fullPath, out var known))
            return known;
        var file = new TemplateFile(fullPath, path, TimeProvider.System);
        file.Read();
        return ByPath.GetOrAdd(fullPath, new Template(file));
    }

    /// <summary>The template in a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="TemplateException">The template is malformed.</exception>
    public static Template Parse(string text, string name = "template")
    {
        ArgumentNullException.ThrowIfNull(text);
        return new Template(TemplateText.Parse(text, name));
    }

    /// <summary>Puts values into the placeholders.</summary>
    /// <param name="values">
    /// An object whose public properties are the values, an anonymous one for instance, or a dictionary. Numbers and dates are written
    /// independently of any culture. More values than the template has placeholders may be given.
    /// </param>
    /// <exception cref="TemplateException">
    /// There is no value for a placeholder, or it is null; or the file has changed and is malformed now.
    /// </exception>
    /// <exception cref="IOException">The file cannot be read any more.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read any more.</exception>
    public string Render(object? values = null) => (_text ?? _file!.Read()).Render(TemplateValues.Of(values));
}
