using System.Text.Json;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>
/// A client process: one hub with thousands of connections, told what to do by lines and telling how it goes by lines. It ends, and with it
/// its connections, when the lines end: also when who started it was killed.
/// </summary>
internal sealed class ClientProgram(TextReader orders, TextWriter news, TimeProvider time)
{
    private static readonly TimeSpan NewsInterval = TimeSpan.FromMilliseconds(500);

    private readonly Hub _hub = new();
    private readonly List<Connection> _open = [];
    private AsyncEvent? _over;

    public async Task RunAsync()
    {
        if (await orders.ReadLineAsync() is not { } first)
            return;
        var plan = JsonSerializer.Deserialize(first, ClientJson.Default.ClientPlan)!;
        _hub.Start();
        while (await orders.ReadLineAsync() is { } line)
        {
            var order = JsonSerializer.Deserialize(line, ClientJson.Default.ClientOrder)!;
            if (order.Phase == ClientPhase.Stop)
                _hub.Post(() => _over?.Set());
            else
                _ = FailLoudlyAsync(_hub.InvokeAsync(() => RunAsync(plan, order)));
        }
        await _hub.Stop(); // resets what is open: nothing is left behind in TIME_WAIT
    }

    private async Task RunAsync(ClientPlan plan, ClientOrder order)
    {
        var tally = new PhaseTally();
        _over = new AsyncEvent();
        var telling = Coroutine.Spawn(() => TellAsync(tally));
        await (order.Phase switch
        {
            ClientPhase.Open => new OpeningPhase(plan, _open, tally, _over, time).RunAsync(order),
            ClientPhase.Again => new AgainPhase(plan, _open, tally, _over, time).RunAsync(order),
            _ => new ActivePhase(plan, _open, tally, _over, time).RunAsync(order),
        });
        await telling.KillAsync();
        Write(tally.ToNews(isFinal: true));
    }

    // Whoever waits for this phase must learn that it does not end.
    private static async Task FailLoudlyAsync(Task phase)
    {
        try
        {
            await phase;
        }
        catch (Exception failure) // whatever it is, the coordinator reads it, and the end of this process
        {
            await Console.Error.WriteLineAsync(failure.ToString());
            Environment.Exit(1);
        }
    }

    private async Task TellAsync(PhaseTally tally)
    {
        while (true)
        {
            await Coroutine.Sleep(NewsInterval);
            Write(tally.ToNews(isFinal: false));
        }
    }

    private void Write(ClientNews line)
    {
        news.WriteLine(JsonSerializer.Serialize(line, ClientJson.Default.ClientNews));
        news.Flush();
    }
}
