namespace AsyncServer.Development;

/// <summary>The lines around a place in a source.</summary>
/// <param name="File">Its path, as it is shown.</param>
/// <param name="Line">The line that is meant, counted from 1.</param>
/// <param name="First">The number of the first line that is here.</param>
/// <param name="Lines">The lines; none where the source cannot be read.</param>
internal sealed record SourceExcerpt(string File, int Line, int First, IReadOnlyList<string> Lines)
{
    private const int LinesAround = 5;

    // A source by far; more is something else.
    private const int MaxSize = 1024 * 1024;

    internal static SourceExcerpt Read(string file, int line)
    {
        int first = Math.Max(1, line - LinesAround);
        string[] lines = [];
        try
        {
            var source = new FileInfo(file);
            if (source.Length is > 0 and <= MaxSize) // pipes and devices have no length
                lines = [.. System.IO.File.ReadLines(file).Skip(first - 1).Take(line - first + 1 + LinesAround)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The source is not here, as with an assembly that was built elsewhere.
        }
        return new SourceExcerpt(Shown(file), line, first, lines);
    }

    /// <summary>A path as people would give it: from the current folder, if it is below that.</summary>
    internal static string Shown(string file)
    {
        string relative = Path.GetRelativePath(Environment.CurrentDirectory, file);
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative;
    }
}
