namespace AsyncServer.Modules;

/// <summary>What is known of a script at a moment. It never changes: who learns something puts another one in its place.</summary>
/// <param name="Loaded">The version that serves.</param>
/// <param name="LoadedHash">The hash of its source.</param>
/// <param name="Files">Of the version that was read last, be it the loaded one or one that failed.</param>
/// <param name="Failure">Of the version that was read last.</param>
/// <param name="FailedHash">The hash of a source that cannot be served; null where the source was not to blame.</param>
/// <param name="RetryAt">When to look again where the source was not to blame, as a time stamp.</param>
/// <param name="Refresh">The look at the files that is under way.</param>
internal sealed record ModuleState(
    LoadedModule? Loaded, string? LoadedHash, WatchedFiles? Files, Exception? Failure, string? FailedHash, long RetryAt, Refresh? Refresh)
{
    /// <summary>Nobody has asked for the script yet.</summary>
    internal static readonly ModuleState Unknown = new(null, null, null, null, null, long.MinValue, null);

    /// <summary>With what a look at the files has given.</summary>
    /// <param name="refresh">The look; it has ended.</param>
    /// <param name="retryAt">When to look again where the source was not to blame.</param>
    internal ModuleState After(Refresh refresh, long retryAt)
    {
        var next = this with { Refresh = null, Files = refresh.Files, RetryAt = long.MinValue };
        if (refresh.Made is not null)
            next = next with { Loaded = refresh.Made, LoadedHash = refresh.Hash };
        return refresh.Failure switch
        {
            null when refresh.Hash == FailedHash => next, // as it failed before
            null => next with { Failure = null, FailedHash = null },
            ModuleException failure => next with { Failure = failure, FailedHash = refresh.Hash },
            _ => next with { Failure = refresh.Failure, Files = null, RetryAt = retryAt },
        };
    }
}
