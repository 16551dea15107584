using System.Net;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>
/// Opens connections and asks once on each. What was not served when the phase ends is closed, and counted by what it waited for.
/// </summary>
internal sealed class OpeningPhase(ClientPlan plan, List<Connection> open, PhaseTally tally, AsyncEvent over, TimeProvider time)
{
    // A connection that is not served in this time goes on waiting, and no longer keeps the next one from being opened.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    private readonly Asking _asking = new(plan);
    private readonly IPEndPoint _server = plan.EndPoint;
    private readonly IPEndPoint[] _sources = [.. plan.Sources.Select(source => new IPEndPoint(IPAddress.Parse(source), 0))];
    private int _next;

    public async Task RunAsync(ClientOrder order)
    {
        await using var connecting = new CoroutineGroup();
        var openers = Enumerable.Range(0, order.Window).Select(_ => Coroutine.Spawn(() => OpenInTurnAsync(order.Count, connecting)))
            .ToList();
        var all = Coroutine.Spawn(async () =>
        {
            await Coroutine.JoinAllAsync(openers);
            await connecting.JoinAsync();
        });
        all.Link(_ => over.Set());
        await over.WaitAsync(TimeSpan.FromSeconds(order.Seconds));
        over.Set();
        await connecting.KillAsync();
        await all.JoinAsync();
    }

    private async Task OpenInTurnAsync(int count, CoroutineGroup connecting)
    {
        while (_next < count && !over.IsSet)
        {
            int index = _next++;
            await connecting.Spawn(() => OpenAsync(_sources[index % _sources.Length])).JoinAsync(Patience);
        }
    }

    private async Task OpenAsync(IPEndPoint source)
    {
        long started = time.GetTimestamp();
        Connection? connection = null;
        var outcome = Outcome.NotConnected;
        try
        {
            connection = await Connection.ConnectAsync(_server, source);
            outcome = Outcome.Unanswered;
            outcome = await _asking.AskAsync(connection);
        }
        catch (IOException failure)
        {
            outcome = Outcomes.Of(failure);
        }
        catch (OperationCanceledException)
        {
            // The phase is over: what it waited for is its outcome.
        }
        tally.Add(outcome, time.GetElapsedTime(started));
        if (outcome == Outcome.Served)
            open.Add(connection!);
        else
            connection?.Abort();
    }
}
