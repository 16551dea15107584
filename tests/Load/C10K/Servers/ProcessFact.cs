using System.Globalization;

namespace AsyncServer.Load;

/// <summary>A line of <c>/proc/PID/stat</c>, see proc_pid_stat(5).</summary>
/// <param name="Id">The process.</param>
/// <param name="Parent">Who started it.</param>
/// <param name="CpuTicks">User and system time of it and of its children that have ended.</param>
/// <param name="Threads">How many it has.</param>
/// <param name="StartTicks">When it began: with its id this tells it from a later process of the same number.</param>
internal sealed record ProcessFact(int Id, int Parent, long CpuTicks, int Threads, long StartTicks)
{
    /// <summary>Null when there is no such process any more.</summary>
    public static ProcessFact? Read(int id)
    {
        try
        {
            return Parse(File.ReadAllText($"/proc/{id}/stat"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended
        }
    }

    public static ProcessFact Parse(string stat)
    {
        // The name, in brackets, may hold blanks and brackets.
        int id = int.Parse(stat.AsSpan(0, stat.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // from the third on
        long Field(int number) => long.Parse(fields[number - 3], CultureInfo.InvariantCulture);
        return new ProcessFact(id, (int)Field(4), Field(14) + Field(15) + Field(16) + Field(17), (int)Field(20), Field(22));
    }
}
