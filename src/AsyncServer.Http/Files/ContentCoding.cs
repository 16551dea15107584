using System.Text;

namespace AsyncServer.Http;

/// <summary>A content coding (RFC 9110 section 8.4.1) in which a file may lie beside itself.</summary>
/// <param name="Name">As Accept-Encoding and Content-Encoding call it.</param>
/// <param name="Suffix">What the file's name has more than its original's, in ASCII.</param>
internal sealed record ContentCoding(string Name, string Suffix)
{
    /// <summary>The ones that are looked for; of equally welcome ones the first is sent.</summary>
    internal static readonly ContentCoding[] All = [new("br", ".br"), new("zstd", ".zst"), new("gzip", ".gz")];

    /// <summary>Whether a name in Accept-Encoding stands for it.</summary>
    internal bool IsNamed(ReadOnlySpan<byte> name) =>
        Ascii.EqualsIgnoreCase(name, Name) || (Name == "gzip" && Ascii.EqualsIgnoreCase(name, "x-gzip"u8)); // 8.4.1.3

    /// <summary>The one that a file's name ends with, or null.</summary>
    internal static ContentCoding? OfFile(ReadOnlySpan<byte> path)
    {
        foreach (var coding in All)
        {
            if (path.Length >= coding.Suffix.Length && Ascii.EqualsIgnoreCase(path[^coding.Suffix.Length..], coding.Suffix))
                return coding;
        }
        return null;
    }
}
