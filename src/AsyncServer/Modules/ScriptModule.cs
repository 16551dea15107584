using AsyncServer.Http;

namespace AsyncServer.Modules;

/// <summary>
/// One script: the version that serves, and whether it is still that of the files. Hubs ask at the same time; a version is made off them, one
/// at a time.
/// </summary>
/// <param name="modules">Those that it is one of.</param>
/// <param name="path">The path that it answers; null for one that stays whatever happens to its file.</param>
/// <param name="name">Its path below the web folder.</param>
/// <param name="entry">The name of what answers requests in it.</param>
internal sealed class ScriptModule(ScriptModules modules, string? path, string name, string entry)
{
    // Editing goes on in the browser: who has saved waits for a compilation, not for a compiler that has to be started on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Where the script was not to blame: a compiler that broke down, a disk that failed.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HubTurns _checked = new();

    private LoadedModule? _loaded;
    private WatchedFiles? _files; // of the version that was read last, be it the loaded one or one that failed
    private string? _loadedHash;
    private string? _failedHash;
    private Exception? _failure; // of the version that was read last
    private long _retryAt = long.MinValue;
    private Refresh? _refresh; // that runs

    /// <summary>Answers with the version that serves at the time, once the first was loaded.</summary>
    internal ValueTask<Body> AnswerAsync(Environ environ, StartResponse startResponse)
    {
        var found = FindAsync();
        return found.IsCompletedSuccessfully ? found.Result!(environ, startResponse) : AnswerLaterAsync(found, environ, startResponse);
    }

    private static async ValueTask<Body> AnswerLaterAsync(ValueTask<Application?> found, Environ environ, StartResponse startResponse) =>
        await (await found)!(environ, startResponse);

    /// <summary>Loads the first version.</summary>
    /// <exception cref="ModuleException">It cannot be served.</exception>
    internal async Task LoadAsync()
    {
        if (!modules.IsThere(name))
            throw new ModuleException($"{name} is no file, or a link that leaves the web folder");
        await RunAsync(new Refresh { IsFirst = true }, loads: true);
        if (_loaded is null)
            throw Failure(_failure);
    }

    internal ValueTask<Application?> FindAsync()
    {
        if (!_checked.IsThisTurn() && Volatile.Read(ref _files)?.AreSame() is not true)
            return DiscoverAsync();
        _checked.SetThisTurn();
        return Volatile.Read(ref _loaded) is { } loaded ? new ValueTask<Application?>(loaded.Application)
            : Volatile.Read(ref _failure) is { } failure ? throw Failure(failure)
            : DiscoverAsync(); // it was only compiled
    }

    /// <summary>Compiles the script if it is not; nothing of it is run. What is wrong is logged, and not again when the script is asked for.</summary>
    internal Task WarmAsync()
    {
        lock (_lock)
            return (_refresh ?? (_files is null ? StartRefresh(loads: false) : null))?.Ended ?? Task.CompletedTask;
    }

    // The request that finds the change waits for what becomes of it; others that come while it is compiled get the old version.
    private ValueTask<Application?> DiscoverAsync(bool joins = false)
    {
        Refresh? refresh;
        LoadedModule? old;
        lock (_lock)
        {
            old = _loaded;
            refresh = _refresh;
            if (refresh is null && modules.Time.GetTimestamp() >= _retryAt)
                return AwaitAsync(StartRefresh(loads: true), old);
            if (old is not null && refresh is not { IsReading: true })
                return new ValueTask<Application?>(old.Application);
        }
        return refresh is null ? throw Failure(_failure)
            : old is null || joins ? AwaitAsync(refresh, old)
            : DiscoverAfterAsync(refresh);
    }

    // What it has read may be from before this request; what is read after it is not.
    private async ValueTask<Application?> DiscoverAfterAsync(Refresh refresh)
    {
        await refresh.Read;
        return await DiscoverAsync(joins: true);
    }

    private async ValueTask<Application?> AwaitAsync(Refresh refresh, LoadedModule? old)
    {
        try
        {
            if (!await (old is null ? refresh.Ended : refresh.Ended.WaitAsync(Patience, modules.Time)))
                return null;
        }
        catch (TimeoutException)
        {
            return old!.Application;
        }
        if (Volatile.Read(ref _loaded) is { } loaded)
            return loaded.Application;
        return Volatile.Read(ref _failure) is { } failure ? throw Failure(failure) : await DiscoverAsync();
    }

    // A new one for each request: one that is thrown twice collects the stacks of both.
    private ModuleException Failure(Exception? failure) =>
        new($"{name} cannot be served: {failure?.Message}", failure) { Reminder = $"{name} cannot be served; why was logged when it was first tried" };

    // Off the hub, and without what a request has put into its execution context. Under the lock.
    private Refresh StartRefresh(bool loads)
    {
        var refresh = _refresh = new Refresh();
        using (ExecutionContext.SuppressFlow())
            refresh.Ended = Task.Run(() => RunAsync(refresh, loads));
        return refresh;
    }

    /// <returns>Whether there is such a script.</returns>
    private async Task<bool> RunAsync(Refresh refresh, bool loads)
    {
        bool isThere = true;
        try
        {
            isThere = modules.IsThere(name);
            if (isThere)
                await BuildAsync(refresh, loads);
            else if (path is null)
                Miss(refresh);
        }
        catch (Exception exception)
        {
            refresh.Failure = exception; // also what the script's own code throws: the files' next version may be better
        }
        bool stays = isThere || path is null;
        if (stays)
            Take(refresh);
        else
            Remove(path!);
        refresh.SetRead();
        return stays;
    }

    // Nothing to look for until there is such a file again.
    private void Miss(Refresh refresh)
    {
        refresh.Hash = _loadedHash;
        refresh.Files = modules.Watch([Path.GetFullPath(Path.Combine(modules.Folder, name))]);
        modules.Logger.ModuleGone(name);
    }

    private async Task BuildAsync(Refresh refresh, bool loads)
    {
        // A script that is saved while it is read or compiled is read again; a deployment may take a while.
        long start = modules.Time.GetTimestamp();
        do
        {
            var files = modules.Watch(ModuleSource.Read(modules.Folder, name, modules.IsDebug).Files);
            var source = ModuleSource.Read(modules.Folder, name, modules.IsDebug); // after the facts, so that a change since then shows in them
            refresh.Hash = source.Hash;
            refresh.Files = files;
            if (source.Hash == _loadedHash || source.Hash == _failedHash)
                return; // touched only
            refresh.SetRead();
            if (await modules.Builder.BuildAsync(source) is not { } assembly)
                continue;
            if (loads)
                refresh.Made = await LoadedModule.LoadAsync(name, entry, assembly, modules.Time);
            return;
        }
        while (modules.Time.GetElapsedTime(start) < Patience);
        throw new IOException("it changes while it is compiled, or this program was replaced since it started: then start it again");
    }

    private void Remove(string path)
    {
        modules.Remove(path);
        lock (_lock)
        {
            _refresh = null;
            _loaded?.Unload();
            Volatile.Write(ref _loaded, null);
            Volatile.Write(ref _files, null);
            _loadedHash = _failedHash = null;
            _failure = null;
        }
    }

    private void Take(Refresh refresh)
    {
        LoadedModule? old;
        bool isNews;
        lock (_lock)
        {
            old = _loaded;
            isNews = refresh.Made is not null || refresh.Failure is not null;
            _refresh = null;
            _retryAt = long.MinValue;
            if (refresh.Made is { } made)
            {
                _loadedHash = refresh.Hash;
                Volatile.Write(ref _loaded, made);
            }
            if (refresh.Failure is ModuleException)
            {
                _failedHash = refresh.Hash;
            }
            else if (refresh.Failure is not null)
            {
                refresh.Files = null;
                _retryAt = modules.Time.GetTimestamp() + (long)(RetryInterval.TotalSeconds * modules.Time.TimestampFrequency);
            }
            if (refresh.Failure is not null)
                _failure = refresh.Failure;
            else if (refresh.Hash != _failedHash)
                (_failure, _failedHash) = (null, null);
            Volatile.Write(ref _files, refresh.Files);
        }
        if (isNews)
            Log(refresh, old);
    }

    private void Log(Refresh refresh, LoadedModule? old)
    {
        if (refresh.Made is not null)
        {
            old?.Unload();
            modules.Logger.ModuleLoaded(name);
            return;
        }
        var failure = refresh.Failure!;
        if (modules.IsEnding || refresh.IsFirst)
            return; // what it works with is taken away, or who waits for the first version is told
        if (old is not null)
            modules.Logger.ModuleKept(name, failure.Message, failure.InnerException);
        else
            modules.Logger.ModuleFailed(name, failure.Message, failure.InnerException);
    }
}
