using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>What a hub keeps of exchanges: as many as were in use at a time, until it has been idle.</summary>
public sealed class ExchangePoolTests
{
    private const int InFlight = 100;
    private readonly List<TaskCompletionSource> _waiting = [];

    [Fact]
    public async Task ManyInFlight_AgainAndAgain_NoneIsMadeAnew()
    {
        await using var server = Start();
        var peers = Enumerable.Range(0, InFlight).Select(_ => server.Connect()).ToList();
        await AskAllAsync(server, peers);
        Assert.Equal(InFlight, server.KeptExchanges);
        await AskAllAsync(server, peers);
        Assert.Equal(InFlight, server.KeptExchanges);
    }

    [Fact]
    public async Task Idle_TenSeconds_NoneIsKept()
    {
        await using var server = Start();
        var peers = Enumerable.Range(0, InFlight).Select(_ => server.Connect()).ToList();
        await AskAllAsync(server, peers);
        await server.AdvanceAsync(TimeSpan.FromSeconds(9));
        await server.AdvanceAsync(TimeSpan.FromSeconds(0.9));
        Assert.Equal(InFlight, server.KeptExchanges);
        await server.AdvanceAsync(TimeSpan.FromSeconds(0.2));
        await server.SettleAsync();
        Assert.Equal(0, server.KeptExchanges);
    }

    [Fact]
    public async Task Quiet_AfterABurst_OnlyWhatIsUsedIsKept()
    {
        await using var server = Start();
        var peers = Enumerable.Range(0, InFlight).Select(_ => server.Connect()).ToList();
        await AskAllAsync(server, peers);
        for (int i = 0; i < 25; i++)
        {
            await server.AdvanceAsync(TimeSpan.FromSeconds(1));
            await AskAllAsync(server, peers[..2]);
        }
        Assert.Equal(2, server.KeptExchanges);
    }

    private WireServer Start() => new(routes => routes.MapHandler("/wait", async (_, _, _) =>
    {
        var turn = new TaskCompletionSource();
        _waiting.Add(turn);
        await turn.Task;
    }));

    private async Task AskAllAsync(WireServer server, List<MemoryPeer> peers)
    {
        foreach (var peer in peers)
            peer.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        await server.SettleAsync();
        Assert.Equal(peers.Count, _waiting.Count);
        _waiting.ForEach(static turn => turn.SetResult());
        _waiting.Clear();
        await server.SettleAsync();
        foreach (var peer in peers)
            Assert.Contains("200 OK", await server.ReceiveNowAsync(peer), StringComparison.Ordinal);
    }
}
