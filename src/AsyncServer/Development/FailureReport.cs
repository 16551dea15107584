namespace AsyncServer.Development;

/// <summary>What is shown of a failure.</summary>
/// <param name="RequestId">The one that the log has.</param>
/// <param name="Request">Its method and target.</param>
/// <param name="Headers">Its headers, without secrets.</param>
/// <param name="Parts">What was thrown, then what caused it.</param>
internal sealed record FailureReport(string RequestId, string Request, IReadOnlyList<(string Name, string Value)> Headers,
    IReadOnlyList<FailurePart> Parts);
