using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>A file of a form, as long as its request lives.</summary>
public sealed class FormFile
{
    // Of file names on the file systems in use (NAME_MAX).
    private const int MaxNameSize = 255;

    // Of what is longer the dot is a part of the name.
    private const int MaxExtensionLength = 16;

    internal FormFile(string name, string fileName, string contentType, FormFileContent content)
    {
        Name = name;
        FileName = fileName;
        ContentType = contentType;
        Content = content;
    }

    /// <summary>The name of the form's field.</summary>
    public string Name { get; }

    /// <summary>
    /// What the client calls the file. It may be anything, such as <c>../../etc/passwd</c>: show it, escaped, but never use it as a path.
    /// </summary>
    public string FileName { get; }

    /// <summary>
    /// <see cref="FileName"/> made harmless: the part behind the last slash or backslash, of letters, digits, spaces and <c>-_.()</c>, that
    /// neither begins nor ends with a dot or a space, and of at most 255 bytes with its extension; <c>file</c> if nothing is left. Two
    /// files may share it, and it says nothing of what is in the file.
    /// </summary>
    public string SafeFileName => MakeSafe(FileName);

    /// <summary>The media type that the client says it has; <c>application/octet-stream</c> where it says none.</summary>
    public string ContentType { get; }

    /// <summary>Its size in bytes.</summary>
    public long Length => Content.Length;

    internal FormFileContent Content { get; }

    /// <summary>Its content from the beginning; each call makes another stream.</summary>
    /// <exception cref="ObjectDisposedException">The request has ended.</exception>
    public Stream OpenRead() => Content.OpenRead();

    /// <summary>Copies it to a new file.</summary>
    /// <param name="path">Where to; of the program's choice, not the client's.</param>
    /// <param name="cancellation">Ends it early; what is written stays.</param>
    /// <exception cref="IOException">There is a file of that name already, or it cannot be written.</exception>
    public async Task SaveAsync(string path, CancellationToken cancellation = default)
    {
        await using var source = OpenRead();
        await using var target = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0,
            FileOptions.Asynchronous);
        await source.CopyToAsync(target, cancellation);
    }

    private static string MakeSafe(string name)
    {
        string last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        string safe = string.Concat(last.EnumerateRunes().Where(IsHarmless)).Trim(' ', '.');
        string extension = Path.GetExtension(safe);
        if (extension.Length is 0 or > MaxExtensionLength || extension.Length == safe.Length)
            return safe.Length > 0 ? Cut(safe, MaxNameSize) : "file";
        return Cut(safe[..^extension.Length], MaxNameSize - Encoding.UTF8.GetByteCount(extension)) + extension;
    }

    private static bool IsHarmless(Rune rune) => Rune.IsLetterOrDigit(rune) || IsMark(rune)
        || (rune.IsAscii && " -_.()".Contains((char)rune.Value, StringComparison.Ordinal));

    // As many whole characters as fit, and none of those that may not stand at an end.
    private static string Cut(string text, int size)
    {
        int length = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            size -= rune.Utf8SequenceLength;
            if (size < 0)
                break;
            length += rune.Utf16SequenceLength;
        }
        return text[..length].TrimEnd(' ', '.');
    }

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
}
