namespace AsyncServer.Bench;

/// <summary>
/// Resident memory that an idle keep-alive connection costs: the slope between two numbers of open connections, so that
/// what the process needs anyway drops out.
/// </summary>
internal sealed class IdleRun(Report report, TimeProvider time)
{
    public required int From { get; init; }
    public required int To { get; init; }
    public required int WarmUpRequests { get; init; }
    public required TimeSpan Settle { get; init; }
    public required string Path { get; init; }

    /// <summary>Returns false when the server closed connections meanwhile: the slope then is not to be used.</summary>
    public async Task<bool> RunAsync(ServerCommand command, CancellationToken cancellation)
    {
        await using var server = await ServerProcess.StartAsync(command, cancellation);
        using var connections = new OpenConnections(server, Path);
        connections.RequireDescriptors(To);
        await connections.WarmUpAsync(WarmUpRequests, cancellation);
        long start = await connections.ResidentWithAsync(0, Settle, time, cancellation);
        long low = await connections.ResidentWithAsync(From, Settle, time, cancellation);
        long high = await connections.ResidentWithAsync(To, Settle, time, cancellation);
        int closed = connections.ClosedCount;

        report.Line($"- load: {WarmUpRequests} requests over {OpenConnections.Concurrency} connections and ",
            $"{OpenConnections.WarmUpConnections} connections with one each, closed; then each connection asks GET {Path} once and ",
            $"stays open");
        report.Table(
            ["open connections", $"{server.Name}, resident KB"],
            [[$"0", $"{start / 1024}"], [$"{From}", $"{low / 1024}"], [$"{To}", $"{high / 1024}"]]);
        report.Line($"memory per idle connection: **{(high - low) / (double)(To - From):F0} bytes**");
        if (closed > 0)
            report.Line($"{closed} connections were closed by {server.Name} before the end: the slope is wrong");
        return closed == 0;
    }
}
