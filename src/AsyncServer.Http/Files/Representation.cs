using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// One version of a file as it is sent (RFC 9110 section 3.2): its validators, its header fields, prepared, and its content
/// where that is small enough to be kept.
/// </summary>
internal sealed class Representation
{
    // 96 bits: no two versions of a file will ever share a tag by chance.
    private const int TagBytes = 12;

    private readonly FileVersion _version;
    private readonly (string Name, string Value)[] _untyped;

    internal Representation(FileVersion version, FileHeaders headers, DateTimeOffset now)
    {
        _version = version;
        ContentType = headers.ContentType;
        // RFC 9110 8.8.2.1: a time in the future is replaced by the time of the message.
        Modified = ToSeconds(Facts.Modified <= now ? Facts.Modified : now);
        string tag = MakeTag(Facts);
        Tag = Encoding.ASCII.GetBytes(tag);
        List<(string Name, string Value)> validators = [("ETag", tag),
            ("Last-Modified", Modified.ToString("R", CultureInfo.InvariantCulture)), .. headers.Fields];
        ValidatorFields = new PreparedFields(validators);
        if (Coding is not null)
            validators.Insert(0, ("Content-Encoding", Coding.Name));
        _untyped = [.. validators, ("Accept-Ranges", "bytes"), ("X-Content-Type-Options", "nosniff")];
        Fields = new PreparedFields([("Content-Type", ContentType), .. _untyped]);
    }

    internal byte[] Path => _version.Path;

    internal FileFacts Facts => _version.Facts;

    internal ContentCoding? Coding => _version.Coding;

    internal long Length => Facts.Size;

    /// <summary>All of it, or null for a file that is sent from where it lies.</summary>
    internal byte[]? Content => _version.Content;

    internal string ContentType { get; }

    /// <summary>The strong validator, with its quotes.</summary>
    internal byte[] Tag { get; }

    /// <summary>In whole seconds, as Last-Modified says it.</summary>
    internal DateTimeOffset Modified { get; }

    /// <summary>The fields of a response that carries it, without the framing.</summary>
    internal PreparedFields Fields { get; }

    /// <summary>The same but for Content-Type, for a response whose parts say it.</summary>
    internal PreparedFields FieldsWithoutType => new(_untyped);

    /// <summary>The fields of a 304 (RFC 9110 section 15.4.5).</summary>
    internal PreparedFields ValidatorFields { get; }

    /// <summary>Bytes that keeping it takes, about.</summary>
    internal int Weight => (Content?.Length ?? 0) + (2 * Fields.Weight);

    // A hash, since inode numbers are nobody's business. It has the time that programs cannot set: a copy that keeps size and
    // modification time is another version all the same.
    private static string MakeTag(FileFacts facts)
    {
        ReadOnlySpan<long> parts = [facts.Size, (long)facts.Inode, (long)facts.Device, facts.ModifiedNanoseconds, facts.ChangedNanoseconds];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(parts), hash);
        return $"\"{Convert.ToHexStringLower(hash[..TagBytes])}\"";
    }

    private static DateTimeOffset ToSeconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
