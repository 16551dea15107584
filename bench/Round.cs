namespace AsyncServer.Bench;

/// <summary>One stretch of load on one server, and the CPU time that the server spent on it.</summary>
internal sealed record Round(double CpuMicrosecondsPerRequest, LoadResult Load)
{
    public static async Task<Round> MeasureAsync(ServerProcess server, ILoad load, TimeSpan duration, CancellationToken cancellation)
    {
        var before = server.CpuTime;
        var result = await load.RunAsync(server, duration, cancellation);
        var spent = server.CpuTime - before;
        return result.Requests > 0
            ? new Round(spent.TotalMicroseconds / result.Requests, result)
            : throw new SetupException($"{server.Name} answered nothing");
    }
}
