namespace AsyncServer.Load;

/// <summary>How a scenario has ended.</summary>
internal enum ScenarioStatus
{
    Passed,
    Failed,

    /// <summary>It needs what the chosen server does not have.</summary>
    Skipped,

    /// <summary>Something that it needs is missing: the server did not start, or descriptors do not suffice.</summary>
    CouldNotRun,
}
