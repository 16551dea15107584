using System.Net.Sockets;

namespace AsyncServer.Bench;

/// <summary>Ours beside the peers, workload by workload: all servers of one run, and take turns under load in each round.</summary>
internal sealed class PeersRun(Report report, PeersPlan plan, IReadOnlyList<PeerServer> servers)
{
    public async Task<IReadOnlyList<WorkloadResult>> RunAsync(IReadOnlyList<Workload> workloads, CancellationToken cancellation)
    {
        var results = new List<WorkloadResult>();
        foreach (var workload in workloads)
        {
            report.Line($"");
            report.Line($"### {workload.Title} ({results.Count + 1} of {workloads.Count}, `{workload.Name}`)");
            var result = await RunAsync(workload, cancellation);
            ResultTable.Write(report, result);
            results.Add(result);
        }
        return results;
    }

    private async Task<WorkloadResult> RunAsync(Workload workload, CancellationToken cancellation)
    {
        var result = new WorkloadResult(workload);
        var trials = new Dictionary<string, ITrial>();
        try
        {
            foreach (var server in servers.Where(server => server.Missing is null && workload.Servers.Contains(server.Name)))
                await TryAsync(server.Name, async () =>
                    trials.Add(server.Name, await workload.PrepareAsync(server.CommandFor(workload), plan, cancellation)));

            for (int round = 0; round < plan.Rounds; round++)
                foreach (var (name, trial) in trials)
                    await TryAsync(name, async () => result.Add(name, round, await trial.MeasureAsync(cancellation)));
        }
        finally
        {
            foreach (var trial in trials.Values)
                await trial.DisposeAsync();
        }
        return result;

        // One that fails must not cost the others what was measured already, nor a bad round its neighbours.
        async Task TryAsync(string name, Func<Task> step)
        {
            try
            {
                await step();
            }
            catch (Exception failure) when (failure is SetupException or SocketException or InvalidDataException or TimeoutException)
            {
                result.Fail(name, failure.Message);
            }
        }
    }
}
