using System.Globalization;

namespace AsyncServer.Bench;

/// <summary>What one turn of a case took in one round.</summary>
/// <param name="Cpu">Nanoseconds of all processors: user and system time of the whole process.</param>
/// <param name="Elapsed">Nanoseconds by the clock.</param>
/// <param name="Bytes">Allocated by all threads.</param>
internal sealed record CoroutineCost(double Cpu, double Elapsed, double Bytes)
{
    private const string Mark = "cost";

    /// <summary>The line with which the measuring process tells the costs of a round.</summary>
    public static string Format(string title, CoroutineCost ours, CoroutineCost pool) => string.Create(
        CultureInfo.InvariantCulture,
            $"{Mark}\t{title}\t{ours.Cpu}\t{ours.Elapsed}\t{ours.Bytes}\t{pool.Cpu}\t{pool.Elapsed}\t{pool.Bytes}");

    /// <summary>Reads such a line.</summary>
    /// <exception cref="SetupException">It is none.</exception>
    public static (string Title, CoroutineCost Ours, CoroutineCost Pool) Parse(string line) => line.Split('\t') switch
    {
        [Mark, var title, var cpu, var elapsed, var bytes, var poolCpu, var poolElapsed, var poolBytes] =>
            (title, Of(cpu, elapsed, bytes), Of(poolCpu, poolElapsed, poolBytes)),
        _ => throw new SetupException($"the measuring process printed\n{line}"),
    };

    private static CoroutineCost Of(string cpu, string elapsed, string bytes) => new(Number(cpu), Number(elapsed), Number(bytes));

    private static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out double value)
        ? value
        : throw new SetupException($"the measuring process printed {text} in place of a number");
}
