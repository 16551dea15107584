using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Workers;

/// <summary>A running program with workers.</summary>
internal sealed partial class Crew(ServerProgram program) : IAsyncDisposable
{
    internal const PosixSignal Kill = (PosixSignal)9;

    internal ServerProgram Program => program;

    internal Task<int> PortAsync() => program.PortAsync();

    /// <summary>The processes that have served, in the order in which they began to.</summary>
    internal IReadOnlyList<(int Slot, int Process)> Served =>
        [.. Serves().Matches(program.Output).Select(static match => (Number(match, 1), Number(match, 2)))];

    /// <summary>Who serves in a slot, as far as the program has said.</summary>
    internal int WorkerOf(int slot) => Served.Last(worker => worker.Slot == slot).Process;

    /// <summary>Waits until so many workers have begun to serve since the start.</summary>
    internal Task ServedAsync(int count) => program.WaitForOutputAsync(output => Serves().Count(output) >= count);

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, process) in Served)
            EndLeftOver(process);
        await program.DisposeAsync();
    }

    // A test that failed may leave some; they end by themselves when the supervisor does, but not at once.
    private void EndLeftOver(int process)
    {
        if (program.HasEnded)
            return;
        try
        {
            if (File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ')[1] == $"{program.ProcessId}")
                ModuleSite.Signal(process, "9");
        }
        catch (IOException) { /* it has ended */ }
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Worker (\d+) serves: process (\d+)")]
    private static partial Regex Serves();
}
