using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>
/// Asks on a few connections, evenly spread among all, at a steady rate. A request that could not leave on time, since the answer before it
/// was late, counts from when it should have left: a server that stands still cannot hide it.
/// </summary>
internal sealed class ActivePhase(ClientPlan plan, List<Connection> open, PhaseTally tally, AsyncEvent over, TimeProvider time)
{
    private readonly Asking _asking = new(plan);

    public async Task RunAsync(ClientOrder order)
    {
        int count = Math.Min(order.Count, open.Count);
        if (count == 0)
            return;
        var interval = TimeSpan.FromSeconds(order.Count / order.Rate);
        var end = TimeSpan.FromSeconds(order.Seconds);
        long started = time.GetTimestamp();
        var active = Enumerable.Range(0, count)
            .Select(index =>
                Coroutine.Spawn(() => AskOnScheduleAsync(open[(int)((long)index * open.Count / count)], started, interval * index / count,
                    interval, end)))
            .ToList();
        await Coroutine.JoinAllAsync(active);
    }

    private async Task AskOnScheduleAsync(Connection connection, long started, TimeSpan first, TimeSpan interval, TimeSpan end)
    {
        for (var due = first; due < end && !over.IsSet; due += interval)
        {
            var now = time.GetElapsedTime(started);
            bool isLate = now > due;
            if (!isLate)
            {
                await Coroutine.Sleep(due - now);
                now = time.GetElapsedTime(started); // a timer of ours that is late is not the server's fault
            }
            else if (now >= end)
            {
                tally.Add(Outcome.Unanswered, now - due); // its turn never came
                continue;
            }
            connection.SetDeadline(end - now + Grace);
            var outcome = await AskAsync(connection);
            tally.Add(outcome, time.GetElapsedTime(started) - (isLate ? due : now));
            if (outcome != Outcome.Served)
                return;
        }
    }

    // An answer that comes this long after the end still counts.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private async ValueTask<Outcome> AskAsync(Connection connection)
    {
        try { return await _asking.AskAsync(connection); }
        catch (IOException failure) { return Outcomes.Of(failure); }
    }
}
