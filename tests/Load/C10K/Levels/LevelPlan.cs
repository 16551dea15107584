namespace AsyncServer.Load;

/// <summary>What is tried in one level: one model with so many connections.</summary>
internal sealed record LevelPlan
{
    /// <summary>Connections that are being opened at a time.</summary>
    public const int OpeningWindow = 256;

    /// <summary>
    /// Requests under way at a time in the second round: few, so that it is the server that takes the time and not a queue before it.
    /// </summary>
    public const int AgainWindow = 64;

    private const double MostActiveSeconds = 20;
    private const double MostStallSeconds = 30;

    public required ServerModel Model { get; init; }

    public required int Connections { get; init; }

    /// <summary>The most that opening, asking again and the active phase may take together.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>Client processes.</summary>
    public required int Clients { get; init; }

    /// <summary>Connections that are active among the others.</summary>
    public required int Active { get; init; }

    /// <summary>Requests a second of the active ones together.</summary>
    public required int Rate { get; init; }

    public TimeSpan ActiveDuration => TimeSpan.FromSeconds(Math.Min(MostActiveSeconds, Duration.TotalSeconds * 2 / 15));

    public TimeSpan AgainDuration => Duration / 5;

    public TimeSpan OpeningDuration => Duration - AgainDuration - ActiveDuration;

    /// <summary>When for so long nothing more was served, opening ends.</summary>
    public TimeSpan Stall => TimeSpan.FromSeconds(Math.Min(MostStallSeconds, Duration.TotalSeconds / 6));
}
