namespace AsyncServer.Bench;

/// <summary>A load generator, set up.</summary>
internal interface ILoad
{
    /// <summary>What is counted, in the singular.</summary>
    string Unit { get; }

    /// <summary>The generator and its settings.</summary>
    string Description { get; }

    /// <exception cref="SetupException">The generator is missing, failed, or printed what we do not know.</exception>
    Task<LoadResult> RunAsync(ServerProcess server, TimeSpan duration, CancellationToken cancellation);

    /// <summary>Bytes of one answer.</summary>
    /// <exception cref="SetupException">The server does not answer as it should.</exception>
    Task<int> AnswerSizeAsync(ServerProcess server, CancellationToken cancellation);
}
