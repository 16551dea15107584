using Microsoft.AspNetCore.StaticFiles;

namespace AsyncServer.Http;

/// <summary>Media types by file name, from the framework's table.</summary>
internal static class MediaTypes
{
    private const string Unknown = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider Table = Complete(new FileExtensionContentTypeProvider());

    /// <summary>The value of Content-Type. Text is taken for UTF-8.</summary>
    internal static string For(string fileName)
    {
        if (!Table.TryGetContentType(fileName, out string? type))
            return Unknown;
        // XML names its encoding itself, and a parameter would overrule it (RFC 7303 section 3).
        bool isText = type.StartsWith("text/", StringComparison.Ordinal) && type != "text/xml";
        return isText || type == "application/javascript" ? type + "; charset=utf-8" : type;
    }

    private static FileExtensionContentTypeProvider Complete(FileExtensionContentTypeProvider table)
    {
        table.Mappings.TryAdd(".md", "text/markdown");
        table.Mappings.TryAdd(".mjs", "text/javascript");
        table.Mappings.TryAdd(".avif", "image/avif");
        return table;
    }
}
