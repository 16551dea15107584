using System.IO.Compression;

namespace AsyncServer.Http;

/// <summary>What is compressed: see <see cref="Compression.Wrap"/>.</summary>
public sealed class CompressionOptions
{
    internal static readonly CompressionOptions Default = new();

    /// <summary>Bodies that are known to be shorter, in bytes, are sent as they are. 1,024 unless set: below, little is won.</summary>
    public int MinSize { get; init; } = 1024;

    /// <summary>How hard to try. It runs on the hub, where others wait meanwhile: Fastest unless set.</summary>
    public CompressionLevel Level { get; init; } = CompressionLevel.Fastest;

    /// <summary>
    /// The media types that are compressed; <c>text/*</c> covers all texts, <c>*+json</c> all whose names end so. Pictures, sound, video,
    /// archives and WOFF are compressed already. An event stream never is.
    /// </summary>
    public IReadOnlyCollection<string> Types { get; init; } =
    [
        "text/*", "*+json", "*+xml", "application/json", "application/javascript", "application/xml", "application/wasm",
            "application/x-ndjson", "application/sql",
        "font/otf", "font/ttf", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon",
    ];

    internal bool Has(string? contentType)
    {
        string type = (contentType ?? "").Split(';')[0].Trim();
        return type.Length > 0 && !HeaderSyntax.Is(type, "text/event-stream") && Types.Any(pattern => pattern switch
        {
            ['*', .. var end] => type.EndsWith(end, StringComparison.OrdinalIgnoreCase),
            [.. var begin, '*'] => type.StartsWith(begin, StringComparison.OrdinalIgnoreCase),
            _ => HeaderSyntax.Is(type, pattern),
        });
    }
}
