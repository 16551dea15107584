namespace AsyncServer.Fuzz;

/// <summary>Tries cases from files, one after the other.</summary>
internal sealed class Replay(Prober prober, TextWriter output)
{
    /// <returns>Whether all of them held.</returns>
    /// <exception cref="FormatException">A file is no case; the message names it.</exception>
    internal async Task<bool> RunAsync(IEnumerable<FileInfo> files, CancellationToken cancellation)
    {
        bool held = true;
        foreach (var file in files)
        {
            string? mistake = await prober.TryAsync(Read(file.FullName), cancellation);
            output.WriteLine($"{file.Name}: {mistake ?? "right"}");
            held &= mistake is null;
        }
        return held;
    }

    private static FuzzCase Read(string path)
    {
        try
        {
            return FuzzCase.Parse(File.ReadAllText(path));
        }
        catch (FormatException mistake)
        {
            throw new FormatException($"{path}, {mistake.Message}", mistake);
        }
    }
}
