namespace AsyncServer.Modules;

/// <summary>What the web folder holds.</summary>
internal static class ModuleFolder
{
    private static readonly EnumerationOptions Everywhere = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,
    };

    /// <summary>The scripts, as paths below the folder, without those that others load.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    internal static List<string> FindAll(string folder)
    {
        string web = Path.GetFullPath(folder);
        var sources = Directory.EnumerateFiles(web, "*" + ModulePath.Extension, Everywhere)
            .Select(path => ModuleSource.Read(folder, Path.GetRelativePath(web, path), isDebug: false)).ToList();
        var loaded = sources.SelectMany(static source => source.Files.Skip(1)).ToHashSet();
        return [.. sources.Where(source => !loaded.Contains(source.Path)).Select(static source => source.Name).Order(StringComparer.Ordinal)];
    }
}
