using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>Asks once more on every open connection, so many at a time. A connection that fails is closed and not opened again.</summary>
internal sealed class AgainPhase(ClientPlan plan, List<Connection> open, PhaseTally tally, AsyncEvent over, TimeProvider time)
{
    private readonly Asking _asking = new(plan);
    private readonly List<Connection> _kept = new(open.Count);
    private int _next;

    public async Task RunAsync(ClientOrder order)
    {
        long started = time.GetTimestamp();
        var budget = TimeSpan.FromSeconds(order.Seconds);
        var askers = Enumerable.Range(0, order.Window).Select(_ => Coroutine.Spawn(() => AskInTurnAsync(started, budget))).ToList();
        await Coroutine.JoinAllAsync(askers);
        _kept.AddRange(open[_next..]);
        open.Clear();
        open.AddRange(_kept);
    }

    private async Task AskInTurnAsync(long started, TimeSpan budget)
    {
        while (_next < open.Count && !over.IsSet && budget - time.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            var connection = open[_next++];
            connection.SetDeadline(left);
            long asked = time.GetTimestamp();
            var outcome = await AskAsync(connection);
            tally.Add(outcome, time.GetElapsedTime(asked));
            connection.SetDeadline(TimeSpan.Zero);
            if (outcome == Outcome.Served)
                _kept.Add(connection);
            else
                connection.Abort();
        }
    }

    private async ValueTask<Outcome> AskAsync(Connection connection)
    {
        try { return await _asking.AskAsync(connection); }
        catch (IOException failure) { return Outcomes.Of(failure); }
    }
}
