using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Modules;

/// <summary>Finds what a script compiles to in the cache, or has it compiled.</summary>
internal sealed class ModuleBuilder(string folder, Compiler compiler, ILogger logger)
{
    private readonly ModuleCache _cache = new(folder);
    // by the script, where no cache folder can be written
    private readonly ConcurrentDictionary<string, UnstoredModule> _unstored = new(StringComparer.Ordinal);

    /// <returns>The assembly; null where a file has changed meanwhile, so that this source is no more.</returns>
    /// <exception cref="ModuleException">The script does not compile.</exception>
    /// <exception cref="IOException">A file cannot be read, or the compiler broke down.</exception>
    internal async Task<byte[]?> BuildAsync(ModuleSource source)
    {
        if (Find(source) is { } found)
            return found;
        try
        {
            if (await compiler.CompileAsync(source.Name) is { } unstored)
                Keep(source.Name, unstored);
        }
        catch (ModuleException) when (ModuleSource.Read(folder, source.Name, source.IsDebug).Hash != source.Hash)
        {
            return null; // the compiler has read the files by itself; what it says is about others
        }
        return Find(source);
    }

    private byte[]? Find(ModuleSource source) =>
        _unstored.TryGetValue(source.Name, out var unstored) && unstored.Hash == source.Hash ? unstored.Assembly : _cache.Find(source);

    private void Keep(string name, UnstoredModule unstored)
    {
        if (_unstored.IsEmpty)
            logger.NoCache(folder);
        _unstored[name] = unstored;
    }
}
