namespace AsyncServer.Bench;

/// <summary>One stretch of load on one server, and the CPU time that it took.</summary>
/// <param name="CpuMicrosecondsPerRequest">Of the server.</param>
/// <param name="MachineMicrosecondsPerRequest">Of all processors, the load's own work included.</param>
/// <param name="Load">What was answered.</param>
internal sealed record Round(double CpuMicrosecondsPerRequest, double MachineMicrosecondsPerRequest, LoadResult Load)
{
    public static async Task<Round> MeasureAsync(ServerProcess server, ILoad load, TimeSpan duration, CancellationToken cancellation)
    {
        var (before, machineBefore) = (server.CpuTime, MachineCpuClock.Read());
        var result = await load.RunAsync(server, duration, cancellation);
        var (spent, machineSpent) = (server.CpuTime - before, MachineCpuClock.Read() - machineBefore);
        return result.Requests > 0
            ? new Round(spent.TotalMicroseconds / result.Requests, machineSpent.TotalMicroseconds / result.Requests, result)
            : throw new SetupException($"{server.Name} answered nothing");
    }
}
