using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Modules;

/// <summary>
/// One script: the version that serves, and whether it is still that of the file. Hubs ask at the same time; a version is built off them,
/// one at a time.
/// </summary>
/// <param name="modules">Those that it is one of.</param>
/// <param name="path">The path that it answers; null for one that stays whatever happens to its file.</param>
/// <param name="name">Its path below the web folder.</param>
/// <param name="entry">The name of what answers requests in it.</param>
internal sealed class ScriptModule(ScriptModules modules, string? path, string name, string entry)
{
    // An edit is seen a second later at most.
    private readonly long _checkInterval = modules.Time.TimestampFrequency;
    private readonly Lock _lock = new();

    private LoadedModule? _loaded;
    private Exception? _failure; // of the last version, where none has ever run
    private List<string> _files = [];
    private FileFacts[]? _facts; // of those files, from before they were read
    private long _nextCheck;
    private Task? _building;
    private bool _isGone;

    /// <summary>Answers with the version that serves at the time, once the first was loaded.</summary>
    internal ValueTask<Body> AnswerAsync(Environ environ, StartResponse startResponse)
    {
        var found = FindAsync();
        return found.IsCompletedSuccessfully ? found.Result!(environ, startResponse) : throw Failure();
    }

    /// <summary>Loads the first version.</summary>
    /// <exception cref="ModuleException">It cannot be served.</exception>
    internal async Task LoadAsync()
    {
        if (!modules.IsThere(name))
            throw new ModuleException($"{name} is no file, or a link that leaves the web folder");
        await BuildAsync(isFirst: true);
        if (_loaded is null)
            throw Failure();
    }

    internal ValueTask<Application?> FindAsync()
    {
        long now = modules.Time.GetTimestamp();
        return Volatile.Read(ref _loaded) is { } loaded && now < Volatile.Read(ref _nextCheck)
            ? new ValueTask<Application?>(loaded.Application)
            : CheckAsync(now);
    }

    private ValueTask<Application?> CheckAsync(long now)
    {
        lock (_lock)
        {
            if (now >= _nextCheck)
            {
                Volatile.Write(ref _nextCheck, now + _checkInterval);
                bool wasGone = _isGone;
                _isGone = !modules.IsThere(name);
                if (_isGone && path is not null)
                {
                    modules.Remove(path);
                    _loaded?.Unload();
                    _loaded = null;
                    return default;
                }
                if (_isGone && !wasGone)
                    modules.Logger.ModuleGone(name);
                if (!_isGone && _building is null && (_facts is null || !modules.Facts(_files).SequenceEqual(_facts)))
                    _building = StartBuild();
            }
            if (_loaded is { } loaded)
                return new ValueTask<Application?>(loaded.Application);
            return _building is { } building ? AwaitAsync(building) : throw Failure();
        }
    }

    private async ValueTask<Application?> AwaitAsync(Task building)
    {
        await building;
        return Volatile.Read(ref _loaded)?.Application ?? throw Failure();
    }

    // A new one for each request: one that is thrown twice collects the stacks of both.
    private ModuleException Failure() => new($"{name} cannot be served: {_failure?.Message}", _failure);

    // Off the hub, and without what a request has put into its execution context.
    private Task StartBuild()
    {
        using (ExecutionContext.SuppressFlow())
            return Task.Run(() => BuildAsync(isFirst: false));
    }

    private async Task BuildAsync(bool isFirst)
    {
        LoadedModule? made = null;
        Exception? failure = null;
        List<string> files = [];
        FileFacts[]? facts = null;
        try
        {
            files = ModuleSource.Read(modules.Folder, name).Files;
            facts = modules.Facts(files);
            made = await modules.Builder.BuildAsync(name, entry);
        }
        catch (Exception exception)
        {
            failure = exception; // also what the script's own code throws: the file's next version may be better
            if (exception is not ModuleException)
                facts = null; // not the script's fault: the next check tries again
        }
        Take(made, failure, files, facts, isFirst);
    }

    private void Take(LoadedModule? made, Exception? failure, List<string> files, FileFacts[]? facts, bool isFirst)
    {
        LoadedModule? old;
        lock (_lock)
        {
            old = _loaded;
            _building = null;
            _failure = failure;
            _files = files;
            _facts = facts;
            if (made is not null)
                Volatile.Write(ref _loaded, made);
        }
        if (failure is OperationCanceledException || (isFirst && failure is not null))
            return; // the server ends, or who waits for the first version is told
        if (made is not null)
        {
            old?.Unload();
            modules.Logger.ModuleLoaded(name);
        }
        else if (old is not null)
        {
            modules.Logger.ModuleKept(name, failure!.Message, failure.InnerException);
        }
        else
        {
            modules.Logger.ModuleFailed(name, failure!.Message, failure.InnerException);
        }
    }
}
