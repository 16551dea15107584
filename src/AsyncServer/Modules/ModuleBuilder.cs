using Microsoft.Extensions.Logging;

namespace AsyncServer.Modules;

/// <summary>Makes a running module of a script: from the cache, or by a compiler in another process.</summary>
internal sealed class ModuleBuilder(string folder, TimeProvider time, ILogger logger, CancellationToken ending)
{
    // A script that is saved while it is compiled is compiled again; nobody saves so often.
    private const int Attempts = 3;

    // One compiler at a time: each takes a processor and 100 MB.
    private static readonly SemaphoreSlim Turns = new(1);

    private readonly ModuleCache _cache = new(folder);

    /// <exception cref="ModuleException">The script does not compile, or cannot be run.</exception>
    /// <exception cref="IOException">The script cannot be read.</exception>
    internal async Task<LoadedModule> BuildAsync(string name, string entry)
    {
        byte[]? assembly = null;
        for (int attempt = 0; attempt < Attempts && assembly is null; attempt++)
            assembly = _cache.Find(ModuleSource.Read(folder, name)) ?? await CompileAsync(name);
        return await LoadedModule.LoadAsync(name, entry, assembly ?? throw new ModuleException("it changes while it is compiled"));
    }

    private async Task<byte[]?> CompileAsync(string name)
    {
        await Turns.WaitAsync(ending);
        try
        {
            long start = time.GetTimestamp();
            await CompilerProcess.RunAsync(folder, name, ending);
            logger.ModuleCompiled(name, time.GetElapsedTime(start).TotalMilliseconds);
        }
        finally
        {
            Turns.Release();
        }
        return _cache.Find(ModuleSource.Read(folder, name));
    }
}
