using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>A template's file, read again when it has changed.</summary>
internal sealed class TemplateFile(string path, string name, TimeProvider time)
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private volatile Version? _version;

    internal TemplateText Read()
    {
        var stamp = Stamp.Of(path);
        if (_version is { } version && version.IsSettled && version.Stamp == stamp)
            return version.Text;
        var text = TemplateText.Parse(Decode(File.ReadAllBytes(path)), name);
        // The stamp is older than the content, if they differ: then the next look reads once too often, never too seldom.
        _version = new Version(stamp, text, FileClock.ShowsNextChange(stamp.Modified, time.GetUtcNow()));
        return text;
    }

    private string Decode(byte[] content)
    {
        ReadOnlySpan<byte> bytes = content;
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException exception)
        {
            int line = 1 + bytes[..Math.Clamp(exception.Index, 0, bytes.Length)].Count((byte)'\n');
            throw new TemplateException(name, line, "The file is not UTF-8.");
        }
    }

    /// <summary>A version of the file. A file put in the place of another one, times and length kept, was born at another time.</summary>
    private readonly record struct Stamp(long Length, DateTime Modified, DateTime Born)
    {
        internal static Stamp Of(string path)
        {
            var file = new FileInfo(path);
            return file.Exists ? new Stamp(file.Length, file.LastWriteTimeUtc, file.CreationTimeUtc) : default;
        }
    }

    private sealed record Version(Stamp Stamp, TemplateText Text, bool IsSettled);
}
