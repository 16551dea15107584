using System.Text;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Modules;

/// <summary>The web folder: what is in it, and what makes versions of its scripts. It does not know which of them were asked for.</summary>
internal sealed class ModuleFolder : IDisposable
{
    private static readonly EnumerationOptions Everywhere = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden,
    };

    private readonly RootDirectory _root;
    private readonly Compiler _compiler;
    private readonly CancellationTokenSource _ending = new();

    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    internal ModuleFolder(string path, bool isDebug, TimeProvider time, ILogger logger)
    {
        _root = new RootDirectory(path);
        Ending = _ending.Token; // which lasts longer than its source
        Path = path;
        IsDebug = isDebug;
        Time = time;
        Logger = logger;
        _compiler = new Compiler(path, isDebug, time, logger, Ending);
        Builder = new ModuleBuilder(path, _compiler, logger);
    }

    internal string Path { get; }

    /// <summary>Whether scripts are compiled without optimization, so that errors name the very line.</summary>
    internal bool IsDebug { get; }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    internal ModuleBuilder Builder { get; }

    /// <summary>Is cancelled when the server has ended: what is still at work fails.</summary>
    internal CancellationToken Ending { get; }

    /// <summary>The scripts, as paths below the folder, without those that others load.</summary>
    /// <exception cref="IOException">One cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">One may not be read.</exception>
    internal static List<string> FindAll(string folder)
    {
        string web = System.IO.Path.GetFullPath(folder);
        var sources = Directory.EnumerateFiles(web, "*" + ModulePath.Extension, Everywhere)
            .Select(path => ModuleSource.Read(folder, System.IO.Path.GetRelativePath(web, path), isDebug: false)).ToList();
        var loaded = sources.SelectMany(static source => source.Files.Skip(1)).ToHashSet();
        return [.. sources.Where(source => !loaded.Contains(source.Path)).Select(static source => source.Name)
            .Order(StringComparer.Ordinal)];
    }

    /// <summary>Whether a file of that name is in the folder; not what a link out of it leads to.</summary>
    internal bool IsThere(string name)
    {
        var status = _root.Open(Encoding.UTF8.GetBytes(name + "\0"), out var file);
        using (file)
            return status == FileStatus.Busy || file?.Facts.Kind == FileKind.Regular; // while descriptors have run out, what serves goes on
    }

    /// <summary>Reads a script with all that it loads.</summary>
    /// <exception cref="ModuleException">It loads what cannot be loaded.</exception>
    internal ModuleSource Read(string name) => ModuleSource.Read(Path, name, IsDebug);

    /// <summary>Takes down what tells whether these files have changed.</summary>
    internal WatchedFiles Watch(IEnumerable<string> files) => new(_root, Path, files, Time.GetUtcNow());

    /// <summary>The same for the script alone, which may not be there.</summary>
    internal WatchedFiles Watch(string name) => Watch([System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name))]);

    public void Dispose()
    {
        _ending.Cancel();
        _compiler.Dispose();
        _ending.Dispose();
        _root.Dispose();
    }
}
