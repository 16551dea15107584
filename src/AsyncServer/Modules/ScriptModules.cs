using System.Collections.Concurrent;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Modules;

/// <summary>The scripts of the web folder that were asked for.</summary>
internal sealed class ScriptModules : IModuleSource, IDisposable
{
    // The first requests have the processors for themselves.
    private static readonly TimeSpan WarmDelay = TimeSpan.FromSeconds(0.5);

    private readonly ConcurrentDictionary<string, ScriptModule> _modules = new(StringComparer.Ordinal);
    private readonly RootDirectory _root;
    private readonly Compiler _compiler;
    private readonly CancellationTokenSource _ending = new();

    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    internal ScriptModules(string folder, bool isDebug, TimeProvider time, ILogger logger)
    {
        _root = new RootDirectory(folder);
        Folder = folder;
        IsDebug = isDebug;
        Time = time;
        Logger = logger;
        _compiler = new Compiler(folder, isDebug, time, logger, _ending.Token);
        Builder = new ModuleBuilder(folder, _compiler, logger);
    }

    internal string Folder { get; }

    /// <summary>Whether scripts are compiled without optimization, so that errors name the very line.</summary>
    internal bool IsDebug { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal ModuleBuilder Builder { get; }

    /// <summary>Whether the server has ended: what is still at work fails.</summary>
    internal bool IsEnding => _ending.IsCancellationRequested;

    public ValueTask<Application?> FindAsync(string path)
    {
        if (_modules.TryGetValue(path, out var module))
            return module.FindAsync();
        // Names of nothing are not kept: anybody can ask for any number of them.
        return ModulePath.ToScript(path) is { } name && IsThere(name)
            ? Keep(path, name).FindAsync()
            : default;
    }

    /// <summary>
    /// Begins soon to compile, one after the other and off the hubs, what is not in the cache, so that nobody has to wait for it. Nothing is
    /// loaded: that runs the script's own code. Ends with the server.
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
            await Task.Delay(WarmDelay, Time, _ending.Token);
            foreach (string name in ModuleFolder.FindAll(Folder))
            {
                if (IsEnding)
                    return;
                if (ModulePath.ToUrl(name) is { } path)
                    await Keep(path, name).WarmAsync();
            }
            Logger.Warmed(Folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Logger.WarmingFailed(Folder, exception.Message); // each request says what it finds by itself
        }
        catch (OperationCanceledException)
        {
            // the server ends
        }
    }

    private ScriptModule Keep(string path, string name) =>
        _modules.GetOrAdd(path, static (path, made) => new ScriptModule(made.Item1, path, made.name, ModuleEntry.StandardName), (this, name));

    /// <summary>Loads a script that serves from now on: a later version that is bad or gone leaves the last good one in its place.</summary>
    /// <param name="name">Its path below the web folder, such as <c>admin/users.csx</c>.</param>
    /// <param name="entry">The name of what answers requests in it.</param>
    /// <exception cref="ModuleException">It cannot be served as it is.</exception>
    internal async Task<Application> PinAsync(string name, string entry)
    {
        var module = new ScriptModule(this, null, name, entry);
        await module.LoadAsync();
        return module.AnswerAsync;
    }

    internal void Remove(string path) => _modules.TryRemove(path, out _);

    /// <summary>Whether a file of that name is in the folder; not what a link out of it leads to.</summary>
    internal bool IsThere(string name)
    {
        var status = _root.Open(Encoding.UTF8.GetBytes(name + "\0"), out var file);
        using (file)
            return status == FileStatus.Busy || file?.Facts.Kind == FileKind.Regular; // while descriptors have run out, what serves goes on
    }

    /// <summary>Takes down what tells whether these files have changed.</summary>
    internal WatchedFiles Watch(IEnumerable<string> files) => new(_root, Folder, files, Time.GetUtcNow());

    public void Dispose()
    {
        _ending.Cancel();
        _compiler.Dispose();
        _ending.Dispose();
        _root.Dispose();
    }
}
