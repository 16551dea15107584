namespace AsyncServer.Workers;

/// <summary>
/// What supervisor and worker say to each other, a byte each; a slot's number may follow, and see <see cref="AdoptOrder"/>.
/// </summary>
internal enum WorkerMessage : byte
{
    /// <summary>To the supervisor: it accepts connections.</summary>
    Serving = 1,

    /// <summary>To the supervisor: it has had its number of requests and wants to be replaced.</summary>
    HadItsRequests,

    /// <summary>
    /// To the worker: accept also on the sockets that come with this, those of a slot without a worker, each for its listener.
    /// </summary>
    Adopt,

    /// <summary>To the worker: that slot has a worker again.</summary>
    Release,

    /// <summary>To the worker: another one serves in its place.</summary>
    HandOver,

    /// <summary>To the worker: drain, as for a first signal.</summary>
    Stop,

    /// <summary>To the worker: end at once, as for a second signal.</summary>
    Hurry,

    /// <summary>To the worker: reopen the logs.</summary>
    ReopenLogs,

    /// <summary>To the supervisor: a signal from elsewhere ends it, and another one is to begin now.</summary>
    Signalled, // the last one: a supervisor and its next worker may be of two versions
}
