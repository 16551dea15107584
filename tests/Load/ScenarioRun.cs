namespace AsyncServer.Load;

/// <summary>Runs scenarios one after the other, each on a server of its own, and says what came of them.</summary>
internal sealed class ScenarioRun(TextWriter output, TimeProvider time)
{
    /// <summary>Returns whether all of them passed.</summary>
    public async Task<bool> RunAsync(IReadOnlyList<Scenario> scenarios, Uri? running, CancellationToken cancellation)
    {
        bool passed = true;
        foreach (var scenario in scenarios)
            passed &= await RunAsync(scenario, running, cancellation);
        return passed;
    }

    private async Task<bool> RunAsync(Scenario scenario, Uri? running, CancellationToken cancellation)
    {
        output.WriteLine($"{scenario.Name}: {scenario.What}");
        await using var target = await Target.OpenAsync(running, scenario.NeedsFolder, cancellation);
        long started = time.GetTimestamp();
        var tally = await scenario.Run(target, cancellation);
        double seconds = time.GetElapsedTime(started).TotalSeconds;

        output.WriteLine($"  {tally.Answers} right answers, {tally.Errors} errors in {seconds:F1} s");
        foreach (var (what, count) in tally.ErrorKinds)
            output.WriteLine($"  {count} x {what}");
        bool passed = scenario.Passes(tally);
        output.WriteLine($"  {(passed ? "passed" : "FAILED")}: {scenario.Threshold}");
        return passed;
    }
}
