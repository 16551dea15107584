namespace AsyncServer.Bench;

/// <summary>One stretch of load on one server, and the CPU time that the server spent on it.</summary>
internal sealed record Round(double CpuMicrosecondsPerRequest, Wrk Load)
{
    public static async Task<Round> MeasureAsync(
        ServerProcess server, string path, int connections, TimeSpan duration, CancellationToken cancellation)
    {
        var before = server.CpuTime;
        var load = await Wrk.RunAsync(server.Uri(path), connections, duration, cancellation);
        var spent = server.CpuTime - before;
        return load.Requests > 0
            ? new Round(spent.TotalMicroseconds / load.Requests, load)
            : throw new SetupException($"{server.Name} answered nothing");
    }
}
