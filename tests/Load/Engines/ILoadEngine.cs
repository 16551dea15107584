namespace AsyncServer.Load;

/// <summary>Asks at the times that kinds of traffic call for, and measures.</summary>
internal interface ILoadEngine
{
    /// <summary>Runs kinds of traffic side by side, on the clients' hub, until the last answer has come or is overdue.</summary>
    /// <returns>A result for each, in their order.</returns>
    Task<IReadOnlyList<LoadResult>> RunAsync(IReadOnlyList<Traffic> kinds, CancellationToken cancellation);
}
