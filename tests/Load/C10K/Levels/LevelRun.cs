using System.ComponentModel;

namespace AsyncServer.Load;

/// <summary>One level: starts a server and the clients, has them open, ask again and be active, and looks at the server between.</summary>
internal sealed class LevelRun(LevelPlan plan, LevelSite site, Progress progress, TimeProvider time)
{
    private static readonly TimeSpan RestInterval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan RestPatience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(15);

    // Of a processor: what a server that only waits does not reach.
    private const double IdleShare = 0.05;

    private readonly List<OpeningSample> _curve = [];
    private string? _stopped;
    private TimeSpan _cpuTime;
    private long _machineBytes;

    public async Task<LevelResult> RunAsync(CancellationToken cancellation)
    {
        var result = new LevelResult { Model = plan.Model, Connections = plan.Connections };
        if (MachineMemory.IsShort)
            return result with { CouldNotRun = "not tried: memory is short already" };
        ServerProcess server;
        try
        {
            server = await site.StartServerAsync(plan, cancellation);
        }
        catch (SetupException failure)
        {
            return result with { CouldNotRun = $"could not start: {Reason(failure.Message)}" };
        }
        result = await MeasureAsync(server, result, cancellation);
        cancellation.ThrowIfCancellationRequested();
        return result;
    }

    private async Task<LevelResult> MeasureAsync(ServerProcess server, LevelResult result, CancellationToken cancellation)
    {
        var rest = new HashSet<ProcessFact>();
        try
        {
            byte[] body = await site.WarmUpAsync(server, cancellation);
            var before = await AtRestAsync(server, cancellation);
            _machineBytes = MachineMemory.AvailableBytes;
            _cpuTime = before.CpuTime;
            await using var fleet = await ClientFleet.StartAsync(server.EndPoint, site.Path, body, plan.Clients, plan.Connections);
            await using var interrupted = cancellation.Register(fleet.Stop);

            var opening = await OpenAsync(server, fleet);
            var again = await RunAsync(server, fleet, ClientPhase.Again, "asking again", opening.Served, plan.AgainDuration, cancellation);
            var full = ProcessTree.Read(server.Id);
            long used = MachineUse;
            var active = await RunAsync(server, fleet, ClientPhase.Active, "active", ActiveRequests(opening.Served), plan.ActiveDuration,
                cancellation);
            rest.UnionWith(ProcessTree.Members(server.Id));
            return result with
            {
                Stopped = _stopped,
                Before = before,
                Full = full,
                MachineBytes = used,
                Opening = opening,
                Again = again,
                Active = active,
                Curve = _curve,
            };
        }
        catch (Exception failure)
            when (failure is SetupException or IOException or InvalidDataException or TimeoutException or Win32Exception)
        {
            return result with { CouldNotRun = $"failed: {Reason(failure.Message)}" };
        }
        finally
        {
            await server.DisposeAsync();
            Leftovers.End(rest);
        }
    }

    private long MachineUse => Math.Max(0, _machineBytes - MachineMemory.AvailableBytes);

    // A server that has just started compiles and allocates for a while, its workers too.
    private async Task<ProcessTree> AtRestAsync(ServerProcess server, CancellationToken cancellation)
    {
        long started = time.GetTimestamp();
        while (true)
        {
            var earlier = ProcessTree.ReadCpuTime(server.Id);
            await Task.Delay(RestInterval, time, cancellation);
            if (ProcessTree.ReadCpuTime(server.Id) - earlier <= Rest || time.GetElapsedTime(started) > RestPatience)
                return ProcessTree.Read(server.Id);
        }
    }

    private long ActiveRequests(long served) =>
        (long)(plan.Rate * plan.ActiveDuration.TotalSeconds * Math.Min(plan.Active, served) / plan.Active);

    private async Task<PhaseResult> OpenAsync(ServerProcess server, ClientFleet fleet)
    {
        long servedLast = 0;
        long started = time.GetTimestamp();
        long servedAt = started;
        var servedCpu = _cpuTime;
        _curve.Add(new OpeningSample(TimeSpan.Zero, 0, 0));
        var result = await RunAsync(server, fleet, ClientPhase.Open, "opening", plan.Connections, plan.OpeningDuration, tally =>
        {
            if (time.GetElapsedTime(started) is var now && now - _curve[^1].Time > OpeningSample.Interval)
                _curve.Add(new OpeningSample(now, tally.Served, MachineUse));
            if (tally.Served > servedLast)
                (servedLast, servedAt, servedCpu) = (tally.Served, time.GetTimestamp(), ProcessTree.ReadCpuTime(server.Id));
            if (_stopped is null && StopReason(time.GetElapsedTime(servedAt)) is { } reason)
            {
                _stopped = reason;
                fleet.Stop();
            }
        });
        _curve.Add(new OpeningSample(TimeSpan.FromSeconds(result.Seconds), result.Served, MachineUse));
        if (result.Served < plan.Connections)
            _stopped ??= result.Seconds >= plan.OpeningDuration.TotalSeconds
                ? $"time: {plan.OpeningDuration.TotalSeconds:0.#} s for opening" : null;
        return result;

        string? StopReason(TimeSpan quiet) => MachineMemory.IsShort ? $"memory: {MachineMemory.ReserveBytes >> 20} MB must stay free"
            : server.HasExited ? "the server has ended"
            : quiet > plan.Stall && IsIdle() ? $"nothing more was served for {plan.Stall.TotalSeconds:0.#} s"
            : null;

        // A server that starts a process for each connection serves none of them for a while, and is busy all the time.
        bool IsIdle() => ProcessTree.ReadCpuTime(server.Id) - servedCpu < plan.Stall * IdleShare;
    }

    private Task<PhaseResult> RunAsync(
        ServerProcess server, ClientFleet fleet, ClientPhase phase, string label, long wanted, TimeSpan duration,
            CancellationToken cancellation) =>
        wanted == 0 || cancellation.IsCancellationRequested ? Task.FromResult(PhaseResult.None)
            : RunAsync(server, fleet, phase, label, wanted, duration, _ => { });

    private async Task<PhaseResult> RunAsync(
        ServerProcess server, ClientFleet fleet, ClientPhase phase, string label, long wanted, TimeSpan duration, Action<PhaseTally> heard)
    {
        long started = time.GetTimestamp();
        progress.Begin($"{plan.Model.Name}, {plan.Connections:N0}: {label}", wanted);
        var order = new ClientOrder
        {
            Phase = phase,
            Count = phase == ClientPhase.Active ? plan.Active : plan.Connections,
            Window = phase == ClientPhase.Open ? LevelPlan.OpeningWindow : LevelPlan.AgainWindow,
            Seconds = duration.TotalSeconds,
            Rate = plan.Rate,
        };
        var tally = await fleet.RunAsync(order, soFar =>
        {
            progress.Show(soFar.Served, soFar.Failed);
            heard(soFar);
        });
        double seconds = time.GetElapsedTime(started).TotalSeconds;
        progress.End();
        var before = _cpuTime;
        if (!server.HasExited)
            _cpuTime = ProcessTree.ReadCpuTime(server.Id);
        return new PhaseResult { Wanted = wanted, Tally = tally, Seconds = seconds, CpuTime = _cpuTime - before };
    }

    // What a server prints when it does not start ends with how to use it; the first line with a reason is enough here.
    private static string Reason(string message)
    {
        string[] lines = message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return lines.FirstOrDefault(line => line.StartsWith("asyncserver: ",
            StringComparison.Ordinal))?["asyncserver: ".Length..] ?? lines[0];
    }
}
