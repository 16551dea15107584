namespace AsyncServer.Http;

/// <summary>Where a line for each request goes, and what stands in it.</summary>
public sealed class AccessLogOptions
{
    /// <summary>The <see cref="Path"/> that means the standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>A file, which is appended to, or <see cref="StandardOutput"/>.</summary>
    public required string Path { get; init; }

    /// <summary>
    /// <c>combined</c>, <c>json</c>, or text with gunicorn's atoms such as <c>%(h)s %(t)s "%(r)s" %(s)s %(D)s</c>. Default:
    /// <c>combined</c>, as Apache and nginx have it.
    /// </summary>
    public string Format { get; init; } = AccessLogFormat.CombinedName;

    /// <summary>Checks the format.</summary>
    /// <exception cref="ArgumentException">
    /// The path is empty, or the format has an atom that does not exist; the message names it.
    /// </exception>
    public void Check()
    {
        ArgumentException.ThrowIfNullOrEmpty(Path);
        _ = AccessLogFormat.Parse(Format);
    }
}
