namespace AsyncServer.Fuzz;

/// <summary>Messages that were worth keeping: those of the parser's tests, and what the fuzzer has found.</summary>
internal static class Corpus
{
    /// <param name="repository">The folder of the repository.</param>
    internal static IReadOnlyList<byte[]> Read(string repository) =>
    [
        .. Files(repository, Path.Combine("Unit", "Http", "Corpus"), ".http").Select(File.ReadAllBytes),
        .. Files(repository, Path.Combine("Fuzz", "Corpus"), FuzzCase.FileExtension)
            .Select(static file => FuzzCase.Parse(File.ReadAllText(file)).Bytes),
    ];

    // In one order everywhere, since the seed counts on it.
    private static IOrderedEnumerable<string> Files(string repository, string folder, string extension) =>
        Directory.GetFiles(Path.Combine(repository, "tests", folder), "*" + extension, SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal);
}
