namespace AsyncServer.Modules;

/// <summary>A look at a script's files, and what it has given.</summary>
internal sealed class Refresh
{
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when nothing more is read: a new version is being made, or there is nothing to do.</summary>
    internal Task Read => _read.Task;

    internal bool IsReading => !_read.Task.IsCompleted;

    /// <summary>Ends with the outcome in its place; whether there is such a script.</summary>
    internal Task<bool> Ended { get; set; } = Task.FromResult(true);

    /// <summary>Whether somebody waits for the first version and is told what is wrong with it, so that it is not logged.</summary>
    internal bool IsFirst { get; init; }

    internal WatchedFiles? Files { get; set; }

    internal string? Hash { get; set; }

    /// <summary>A new version, or null where there is none or it was not to be loaded.</summary>
    internal LoadedModule? Made { get; set; }

    internal Exception? Failure { get; set; }

    internal void SetRead() => _read.TrySetResult();
}
