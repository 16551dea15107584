using System.Collections.Concurrent;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Modules;

/// <summary>The scripts of the web folder that were asked for.</summary>
internal sealed class ScriptModules : IModuleSource, IDisposable
{
    private readonly ConcurrentDictionary<string, ScriptModule> _modules = new(StringComparer.Ordinal);
    private readonly RootDirectory _root;
    private readonly ModuleBuilder _builder;
    private readonly CancellationTokenSource _ending = new();

    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    internal ScriptModules(string folder, TimeProvider time, ILogger logger)
    {
        _root = new RootDirectory(folder);
        Folder = folder;
        Time = time;
        Logger = logger;
        _builder = new ModuleBuilder(folder, time, logger, _ending.Token);
    }

    internal string Folder { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal ModuleBuilder Builder => _builder;

    public ValueTask<Application?> FindAsync(string path)
    {
        if (_modules.TryGetValue(path, out var module))
            return module.FindAsync();
        // Names of nothing are not kept: anybody can ask for any number of them.
        return ModulePath.ToScript(path) is { } name && IsThere(name)
            ? _modules.GetOrAdd(path, static (path, made) => new ScriptModule(made.Item1, path, made.name, ModuleEntry.StandardName), (this, name)).FindAsync()
            : default;
    }

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
        var status = _root.Open(Terminated(name), out var file);
        using (file)
            return status == FileStatus.Busy || file?.Facts.Kind == FileKind.Regular; // while descriptors have run out, what serves goes on
    }

    /// <summary>What tells whether files have changed; those that are not there have the default.</summary>
    internal FileFacts[] Facts(IEnumerable<string> files) =>
        [.. files.Select(file => _root.Stat(Terminated(Path.GetRelativePath(Path.GetFullPath(Folder), file)), out var facts) == FileStatus.Found ? facts : default)];

    public void Dispose()
    {
        _ending.Cancel();
        _ending.Dispose();
        _root.Dispose();
    }

    private static byte[] Terminated(string path) => Encoding.UTF8.GetBytes(path + "\0");
}
