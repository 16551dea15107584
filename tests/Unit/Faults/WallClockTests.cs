using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Faults;

/// <summary>Fault 43: somebody sets the clock.</summary>
public sealed class WallClockTests
{
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [InlineData(1, "Sat, 21 Nov 2026 12:00:01 GMT")]
    [InlineData(-1, "Thu, 19 Nov 2026 12:00:01 GMT")]
    public async Task WallClock_JumpsADay_DateFollowsAndDeadlinesDoNotNotice(int days, string date)
    {
        await using var server = new WireServer();
        var idle = server.Connect();
        var busy = server.Connect();
        await server.SendAsync(busy, Hello);
        Assert.Equal("Fri, 20 Nov 2026 12:00:00 GMT", WireResponse.Parse(await server.ReceiveNowAsync(busy))["Date"]);
        server.Clock.WallClockShift = TimeSpan.FromDays(days);
        await server.AdvanceAsync(TimeSpan.FromSeconds(1));
        await server.SendAsync(busy, Hello);
        Assert.Equal(date, WireResponse.Parse(await server.ReceiveNowAsync(busy))["Date"]);
        Assert.False(idle.IsClosed);
        await server.AdvanceAsync(TimeSpan.FromSeconds(73.5));
        Assert.False(idle.IsClosed);
        await server.AdvanceAsync(TimeSpan.FromSeconds(0.5)); // 75 s in all
        Assert.True(idle.IsClosed);
    }
}
