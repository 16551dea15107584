namespace AsyncServer.Bench;

/// <summary>
/// A server started for each round: many keep-alive connections are opened and asked once, what each costs in resident memory is read, and
/// then others are busy among them.
/// </summary>
internal sealed class IdleTrial(ServerCommand command, PeersPlan plan, Wrk active) : ITrial
{
    /// <summary>Requests before the first reading: code is compiled, pools are filled.</summary>
    private const int WarmUpRequests = 5000;

    /// <summary>The first reading is made with that part of the connections, so that what the process needs anyway drops out.</summary>
    private const int FirstPart = 5;

    public async Task<Reading> MeasureAsync(CancellationToken cancellation)
    {
        await using var server = await ServerProcess.StartAsync(command, cancellation);
        using var connections = new OpenConnections(server, active.Path);
        connections.RequireDescriptors(plan.IdleConnections + active.Connections);
        await connections.WarmUpAsync(WarmUpRequests, cancellation);
        int first = plan.IdleConnections / FirstPart;
        long low = await connections.ResidentWithAsync(first, plan.Settle, TimeProvider.System, cancellation);
        long high = await connections.ResidentWithAsync(plan.IdleConnections, plan.Settle, TimeProvider.System, cancellation);
        await active.RunAsync(server, plan.WarmUp, cancellation);
        var round = await Round.MeasureAsync(server, active, plan.Duration, cancellation);
        var reading = Reading.Of(round, server).With(Quantity.IdleMemory, (high - low) / (double)(plan.IdleConnections - first));
        return reading with { Errors = reading.Errors + connections.ClosedCount };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
