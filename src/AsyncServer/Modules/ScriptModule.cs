using AsyncServer.Http;

namespace AsyncServer.Modules;

/// <summary>
/// One script: the version that serves, and whether it is still that of the files. Hubs ask at the same time; a version is made off them,
/// one at a time.
/// </summary>
/// <param name="folder">Where it lies.</param>
/// <param name="name">Its path below the folder.</param>
/// <param name="entry">The name of what answers requests in it.</param>
internal sealed class ScriptModule(ModuleFolder folder, string name, string entry)
{
    // Editing goes on in the browser: who has saved waits for a compilation, not for a compiler that has to be started on a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Where the script was not to blame: a compiler that broke down, a disk that failed.
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly HubTurns _checked = new();

    private volatile ModuleState _state = ModuleState.Unknown; // put in its place under the lock, read without it

    /// <summary>Called when there is no such file any more. Null for one that stays whatever happens to its file.</summary>
    internal Action? Gone { get; init; }

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
        if (!folder.IsThere(name))
            throw new ModuleException($"{name} is no file, or a link that leaves the web folder");
        await RunAsync(new Refresh { IsFirst = true }, loads: true);
        if (_state is { Loaded: null, Failure: var failure })
            throw Failure(failure);
    }

    internal ValueTask<Application?> FindAsync()
    {
        var state = _state;
        if (!_checked.IsThisTurn() && state.Files?.AreSame() is not true)
            return DiscoverAsync();
        _checked.SetThisTurn();
        return state.Loaded is { } loaded ? new ValueTask<Application?>(loaded.Application)
            : state.Failure is { } failure ? throw Failure(failure)
            : DiscoverAsync(); // it was only compiled
    }

    /// <summary>
    /// Compiles the script if it is not; nothing of it is run. What is wrong is logged, and not again when the script is asked for.
    /// </summary>
    internal Task WarmAsync()
    {
        lock (_lock)
            return (_state.Refresh ?? (_state.Files is null ? StartRefresh(loads: false) : null))?.Ended ?? Task.CompletedTask;
    }

    // The request that finds the change waits for what becomes of it; others that come while it is compiled get the old version.
    private ValueTask<Application?> DiscoverAsync(bool joins = false)
    {
        ModuleState state;
        lock (_lock)
        {
            state = _state;
            if (state.Refresh is null && folder.Time.GetTimestamp() >= state.RetryAt)
                return AwaitAsync(StartRefresh(loads: true), state.Loaded);
        }
        if (state.Loaded is not null && state.Refresh is not { IsReading: true })
            return new ValueTask<Application?>(state.Loaded.Application);
        return state.Refresh is null ? throw Failure(state.Failure)
            : state.Loaded is null || joins ? AwaitAsync(state.Refresh, state.Loaded)
            : DiscoverAfterAsync(state.Refresh);
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
            if (!await (old is null ? refresh.Ended : refresh.Ended.WaitAsync(Patience, folder.Time)))
                return null;
        }
        catch (TimeoutException)
        {
            return old!.Application;
        }
        var state = _state;
        if (state.Loaded is { } loaded)
            return loaded.Application;
        return state.Failure is { } failure ? throw Failure(failure) : await DiscoverAsync();
    }

    // A new one for each request: one that is thrown twice collects the stacks of both.
    private ModuleException Failure(Exception? failure) =>
        new($"{name} cannot be served: {failure?.Message}",
            failure)
        { Reminder = $"{name} cannot be served; why was logged when it was first tried" };

    // Off the hub, and without what a request has put into its execution context. Under the lock.
    private Refresh StartRefresh(bool loads)
    {
        var refresh = new Refresh();
        _state = _state with { Refresh = refresh };
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
            isThere = folder.IsThere(name);
            if (isThere)
                await BuildAsync(refresh, loads);
            else if (Gone is null)
                Miss(refresh);
        }
        catch (Exception exception)
        {
            refresh.Failure = exception; // also what the script's own code throws: the files' next version may be better
        }
        bool stays = isThere || Gone is null;
        if (stays)
            Take(refresh);
        else
            Remove();
        refresh.SetRead();
        return stays;
    }

    // Nothing to look for until there is such a file again.
    private void Miss(Refresh refresh)
    {
        refresh.Hash = _state.LoadedHash;
        refresh.Files = folder.Watch(name);
        folder.Logger.ModuleGone(name);
    }

    private async Task BuildAsync(Refresh refresh, bool loads)
    {
        // A script that is saved while it is read or compiled is read again; a deployment may take a while.
        long start = folder.Time.GetTimestamp();
        long begun;
        do
        {
            begun = folder.Time.GetTimestamp();
            var files = folder.Watch(folder.Read(name).Files);
            var source = folder.Read(name); // after the facts, so that a change since then shows in them
            refresh.Hash = source.Hash;
            refresh.Files = files;
            if (source.Hash == _state.LoadedHash || source.Hash == _state.FailedHash)
                return; // touched only
            refresh.SetRead();
            if (await folder.Builder.BuildAsync(source) is not { } assembly)
                continue;
            if (loads)
                refresh.Made = await LoadedModule.LoadAsync(name, entry, assembly, folder.Time);
            return;
        }
        while (folder.Time.GetElapsedTime(start, begun) < Patience); // not how long a busy machine compiles
        throw new IOException("it changes while it is compiled, or this program was replaced since it started: then start it again");
    }

    private void Remove()
    {
        Gone!();
        lock (_lock)
        {
            _state.Loaded?.Unload();
            _state = ModuleState.Unknown;
        }
    }

    private void Take(Refresh refresh)
    {
        long retryAt = folder.Time.GetTimestamp() + (long)(RetryInterval.TotalSeconds * folder.Time.TimestampFrequency);
        LoadedModule? old;
        lock (_lock)
        {
            old = _state.Loaded;
            _state = _state.After(refresh, retryAt);
        }
        if (refresh.Made is not null || refresh.Failure is not null)
            Log(refresh, old);
    }

    private void Log(Refresh refresh, LoadedModule? old)
    {
        if (refresh.Made is not null)
        {
            old?.Unload();
            folder.Logger.ModuleLoaded(name);
            return;
        }
        var failure = refresh.Failure!;
        if (folder.Ending.IsCancellationRequested || refresh.IsFirst)
            return; // the server is stopping, or the caller that waits for the first version is told
        if (old is not null)
            folder.Logger.ModuleKept(name, failure.Message, failure.InnerException);
        else
            folder.Logger.ModuleFailed(name, failure.Message, failure.InnerException);
    }
}
