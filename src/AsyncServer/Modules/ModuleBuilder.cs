namespace AsyncServer.Modules;

/// <summary>Finds what a script compiles to in the cache, or has it compiled.</summary>
internal sealed class ModuleBuilder(string folder, Compiler compiler)
{
    private readonly ModuleCache _cache = new(folder);

    /// <returns>The assembly; null where a file has changed meanwhile, so that this source is no more.</returns>
    /// <exception cref="ModuleException">The script does not compile.</exception>
    /// <exception cref="IOException">A file cannot be read, or the compiler broke down.</exception>
    internal async Task<byte[]?> BuildAsync(ModuleSource source)
    {
        if (_cache.Find(source) is { } cached)
            return cached;
        try
        {
            await compiler.CompileAsync(source.Name);
        }
        catch (ModuleException) when (ModuleSource.Read(folder, source.Name, source.IsDebug).Hash != source.Hash)
        {
            return null; // the compiler has read the files by itself; what it says is about others
        }
        return _cache.Find(source);
    }
}
