using System.Collections.Concurrent;
using AsyncServer.Http;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Modules;

/// <summary>The scripts of the web folder that were asked for.</summary>
internal sealed class ScriptModules : IModuleSource, IDisposable
{
    // The first requests have the processors for themselves.
    private static readonly TimeSpan WarmDelay = TimeSpan.FromSeconds(0.5);

    private readonly ConcurrentDictionary<string, ScriptModule> _modules = new(StringComparer.Ordinal);
    private readonly ModuleFolder _folder;

    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    internal ScriptModules(string folder, bool isDebug, TimeProvider time, ILogger logger) =>
        _folder = new ModuleFolder(folder, isDebug, time, logger);

    public ValueTask<Application?> FindAsync(string path)
    {
        if (_modules.TryGetValue(path, out var module))
            return module.FindAsync();
        // Names of nothing are not kept: anybody can ask for any number of them.
        return ModulePath.ToScript(path) is { } name && _folder.IsThere(name)
            ? Keep(path, name).FindAsync()
            : default;
    }

    /// <summary>
    /// Begins soon to compile, one after the other and off the hubs, what is not in the cache, so that nobody has to wait for it. Nothing
    /// is loaded: that runs the script's own code. Ends with the server.
    /// </summary>
    internal void Warm()
    {
        using (ExecutionContext.SuppressFlow())
            _ = Task.Run(WarmAsync);
    }

    private async Task WarmAsync()
    {
        try
        {
            await Task.Delay(WarmDelay, _folder.Time, _folder.Ending);
            foreach (string name in ModuleFolder.FindAll(_folder.Path))
            {
                if (_folder.Ending.IsCancellationRequested)
                    return;
                if (ModulePath.ToUrl(name) is { } path)
                    await Keep(path, name).WarmAsync();
            }
            _folder.Logger.Warmed(_folder.Path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _folder.Logger.WarmingFailed(_folder.Path, exception.Message); // each request says what it finds by itself
        }
        catch (OperationCanceledException)
        {
            // the server ends
        }
    }

    private ScriptModule Keep(string path, string name) => _modules.GetOrAdd(path,
        static (path, made) =>
            new ScriptModule(made._folder, made.name, ModuleEntry.StandardName) { Gone = () => made._modules.TryRemove(path, out _) },
        (_folder, _modules, name));

    /// <summary>
    /// Loads a script that serves from now on: a later version that is bad or gone leaves the last good one in its place.
    /// </summary>
    /// <param name="name">Its path below the web folder, such as <c>admin/users.csx</c>.</param>
    /// <param name="entry">The name of what answers requests in it.</param>
    /// <exception cref="ModuleException">It cannot be served as it is.</exception>
    internal async Task<Application> PinAsync(string name, string entry)
    {
        var module = new ScriptModule(_folder, name, entry);
        await module.LoadAsync();
        return module.AnswerAsync;
    }

    public void Dispose() => _folder.Dispose();
}
