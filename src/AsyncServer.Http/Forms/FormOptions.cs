namespace AsyncServer.Http;

/// <summary>What a form may be, and where its files go. More than a limit allows is answered with 413.</summary>
public sealed class FormOptions
{
    internal static readonly FormOptions Default = new();

    /// <summary>
    /// The most bytes that the body may have; null leaves it to <see cref="HttpLimits.MaxRequestBodySize"/>, which counts in any case.
    /// </summary>
    public long? MaxSize { get; init; }

    /// <summary>The most bytes that one file may have; null for no limit of its own.</summary>
    public long? MaxFileSize { get; init; }

    /// <summary>
    /// The most bytes that names and values of all fields have together, as they are sent: they are held in memory. 4 MB unless set.
    /// </summary>
    public int MaxFieldsSize { get; init; } = 4 * 1024 * 1024;

    /// <summary>The most fields and files. 1,000 unless set.</summary>
    public int MaxCount { get; init; } = 1000;

    /// <summary>The most bytes of header lines that a part may have; more is malformed, 400. 16 KB unless set.</summary>
    public int MaxPartHeadersSize { get; init; } = 16 * 1024;

    /// <summary>The bytes of files that stay in memory, all together; a file that does not fit goes to disk. 64 KB unless set.</summary>
    public int MemoryLimit { get; init; } = 64 * 1024;

    /// <summary>The folder of the temporary files; it must exist.</summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();
}
