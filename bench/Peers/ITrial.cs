namespace AsyncServer.Bench;

/// <summary>One server under one workload, from its set-up until it is disposed.</summary>
internal interface ITrial : IAsyncDisposable
{
    /// <summary>A round.</summary>
    Task<Reading> MeasureAsync(CancellationToken cancellation);
}
