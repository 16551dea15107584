namespace AsyncServer.Bench;

/// <summary>What a round yields about a server.</summary>
/// <param name="Title">With its unit.</param>
/// <param name="Format">How a number of it is printed.</param>
/// <param name="LessIsBetter">Which way is good.</param>
internal sealed record Quantity(string Title, string Format, bool LessIsBetter = true)
{
    public static readonly Quantity Rate = new("requests/s", "N0", LessIsBetter: false);
    public static readonly Quantity Cpu = new("CPU µs/request", "N2");
    public static readonly Quantity MachineCpu = new("machine's CPU µs/request", "N2");
    public static readonly Quantity P50 = new("p50 µs", "N0");
    public static readonly Quantity P99 = new("p99 µs", "N0");
    public static readonly Quantity Resident = new("resident MB", "N1");
    public static readonly Quantity Allocated = new("allocated bytes/request", "N1");
    public static readonly Quantity AnswerSize = new("answer bytes", "N0");
    public static readonly Quantity IdleMemory = new("bytes/idle connection", "N0");
    public static readonly Quantity FirstAnswer = new("first answer ms", "N0");

    /// <summary>In the order of a table's columns.</summary>
    public static IReadOnlyList<Quantity> All { get; } = [FirstAnswer, IdleMemory, Rate, Cpu, MachineCpu, P50, P99, Resident, Allocated,
        AnswerSize];
}
