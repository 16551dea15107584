using Microsoft.Net.Http.Headers;

namespace AsyncServer.Http;

/// <summary>
/// Makes Content-Disposition for a file's name in any language (RFC 6266): the name as ASCII for old clients, and as UTF-8 (RFC 8187) for
/// all others.
/// </summary>
/// <example>
/// <code>
/// startResponse("200 OK", [("Content-Type", "application/pdf"), ContentDisposition.Attachment("日本.pdf")]);
/// </code>
/// </example>
public static class ContentDisposition
{
    private const string Name = "Content-Disposition";

    /// <summary>The field that has browsers save what is sent.</summary>
    /// <param name="fileName">The name that they offer; of a path the part behind the last slash or backslash.</param>
    public static (string Name, string Value) Attachment(string fileName) => Make("attachment", fileName);

    /// <summary>The field that has browsers show what is sent, with a name for who saves it.</summary>
    /// <param name="fileName">As in <see cref="Attachment"/>.</param>
    public static (string Name, string Value) Inline(string fileName) => Make("inline", fileName);

    private static (string Name, string Value) Make(string type, string fileName)
    {
        ArgumentNullException.ThrowIfNull(fileName);
        var value = new ContentDispositionHeaderValue(type);
        value.SetHttpFileName(fileName[(fileName.LastIndexOfAny(['/', '\\']) + 1)..]);
        return (Name, value.ToString());
    }
}
