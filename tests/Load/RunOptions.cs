namespace AsyncServer.Load;

/// <summary>What the command line changes of scenarios; null leaves what each has.</summary>
internal sealed record RunOptions(ServerChoice Server, TimeSpan? Duration = null, int? Connections = null, double? Rate = null,
    string? ReportFolder = null);
