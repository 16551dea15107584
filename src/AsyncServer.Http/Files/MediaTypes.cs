using Microsoft.AspNetCore.StaticFiles;

namespace AsyncServer.Http;

/// <summary>Media types by file name: the server's own additions, then the framework's table with what it lacks.</summary>
internal sealed class MediaTypes
{
    private const string Unknown = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider Table = Complete(new FileExtensionContentTypeProvider());

    private readonly Dictionary<string, string> _own;

    /// <param name="own">Types by extension with its dot, as they are to be sent.</param>
    internal MediaTypes(IReadOnlyDictionary<string, string> own) =>
        _own = new Dictionary<string, string>(own, StringComparer.OrdinalIgnoreCase);

    /// <summary>Those of every server.</summary>
    internal static MediaTypes Standard { get; } = new(new Dictionary<string, string>());

    /// <summary>The value of Content-Type. Text is taken for UTF-8.</summary>
    internal string For(string fileName)
    {
        if (_own.Count > 0 && _own.TryGetValue(Path.GetExtension(fileName), out string? own))
            return own;
        if (!Table.TryGetContentType(fileName, out string? type))
            return Unknown;
        // XML names its encoding itself, and a parameter would overrule it (RFC 7303 section 3).
        bool isText = type.StartsWith("text/", StringComparison.Ordinal) && type != "text/xml";
        return isText || type == "application/javascript" ? type + "; charset=utf-8" : type;
    }

    // As IANA has registered them; what is not registered, as nginx and Apache have it.
    private static FileExtensionContentTypeProvider Complete(FileExtensionContentTypeProvider table)
    {
        (string Extension, string Type)[] types =
        [
            (".md", "text/markdown"), (".mjs", "text/javascript"), (".vtt", "text/vtt"), (".log", "text/plain"), (".srt", "text/plain"),
            (".yaml", "application/yaml"), (".yml", "application/yaml"), (".toml", "application/toml"),
            (".geojson", "application/geo+json"), (".jsonld", "application/ld+json"), (".ndjson", "application/x-ndjson"),
            (".avif", "image/avif"), (".heic", "image/heic"), (".heif", "image/heif"), (".jxl", "image/jxl"), (".apng", "image/apng"),
            (".opus", "audio/ogg"), (".flac", "audio/flac"), (".weba", "audio/webm"), (".mka", "audio/matroska"),
            (".mkv", "video/matroska"), (".ts", "video/mp2t"), (".m2ts", "video/mp2t"),
            (".m3u8", "application/vnd.apple.mpegurl"), (".mpd", "application/dash+xml"),
            (".glb", "model/gltf-binary"), (".gltf", "model/gltf+json"), (".stl", "model/stl"), (".usdz", "model/vnd.usdz+zip"),
            (".epub", "application/epub+zip"), (".zst", "application/zstd"),
        ];
        foreach (var (extension, type) in types)
            table.Mappings[extension] = type;
        return table;
    }
}
