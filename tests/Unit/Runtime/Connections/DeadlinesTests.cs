using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

/// <summary>The two deadlines of a connection, their phases, and paces that grant more time.</summary>
public sealed class DeadlinesTests : IAsyncDisposable
{
    private const byte Reading = 7;
    private const byte Writing = 9;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly FakeClock _clock = new();
    private readonly TestHub _host;
    private readonly MemoryPeer _peer;
    private readonly TaskCompletionSource _end = new();
    private Connection _connection = null!;
    private bool? _readable;
    private bool? _writable;

    public DeadlinesTests()
    {
        _host = new TestHub(_clock);
        _peer = MemoryConnection.Connect(_host.Hub, async connection =>
        {
            using (_connection = connection)
                await _end.Task;
        }, capacity: 1);
    }

    public async ValueTask DisposeAsync()
    {
        _end.TrySetResult();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Read_Passes_EndsThatWaitAloneAndSaysItsPhase()
    {
        await StartAsync(deadlines => deadlines.SetRead(5 * Second, Reading), reads: true, writes: true);
        await AdvanceAsync(5 * Second - TimeSpan.FromTicks(1));
        Assert.Null(_readable);
        await AdvanceAsync(TimeSpan.FromTicks(1));
        Assert.False(_readable);
        Assert.Null(_writable);
        Assert.True(_connection.Deadlines.IsReadExpired);
        Assert.False(_connection.Deadlines.IsWriteExpired);
        Assert.Equal(Reading, _connection.Deadlines.ExpiredPhase);
        Assert.True(_connection.CancellationToken.IsCancellationRequested);
    }

    [Fact]
    public async Task Write_SetWhileReadWaits_NeitherTakesTheOthersPlace()
    {
        await StartAsync(deadlines =>
        {
            deadlines.SetRead(5 * Second, Reading);
            deadlines.SetWrite(2 * Second, Writing);
            deadlines.ClearWrite();
            deadlines.SetWrite(9 * Second, Writing);
        }, reads: true, writes: true);
        await AdvanceAsync(5 * Second);
        Assert.False(_readable);
        Assert.Null(_writable);
        await AdvanceAsync(4 * Second);
        Assert.False(_writable);
        Assert.Equal(Writing, _connection.Deadlines.ExpiredPhase);
    }

    [Fact]
    public async Task SetAgain_ClearsWhatHasPassed_ButNotItsPhase()
    {
        await StartAsync(deadlines => deadlines.SetRead(Second, Reading), reads: true);
        await AdvanceAsync(Second);
        Assert.False(_readable);
        await OnHubAsync(() => _connection.Deadlines.SetRead(Second, Writing));
        Assert.False(_connection.IsTimedOut);
        Assert.Equal(Reading, _connection.Deadlines.ExpiredPhase);
    }

    [Fact]
    public async Task SetDeadline_OfTheConnection_EndsBothWaits()
    {
        await StartAsync(_ => _connection.SetDeadline(3 * Second), reads: true, writes: true);
        await AdvanceAsync(3 * Second);
        Assert.False(_readable);
        Assert.False(_writable);
        Assert.Equal(Deadlines.NoPhase, _connection.Deadlines.ExpiredPhase);
    }

    [Fact]
    public async Task Pace_BytesMoveUnnoticed_TheyGrantTimeUntilTheyDoNot()
    {
        long moved = 0;
        var pace = new TransferPace(TimeSpan.Zero, leastRate: 1, () => moved);
        pace.Start(0);
        await StartAsync(deadlines => deadlines.SetWrite(pace, Writing), writes: true);
        foreach (var (step, count) in new[] { (5, 3L), (3, 5L) })
        {
            moved = count;
            await AdvanceAsync(step * Second);
            Assert.Null(_writable);
        }
        await AdvanceAsync(2 * Second - TimeSpan.FromTicks(1));
        Assert.Null(_writable);
        await AdvanceAsync(TimeSpan.FromTicks(1));
        Assert.False(_writable);
    }

    [Fact]
    public async Task Pace_NothingMovesForTheTimeout_Passes()
    {
        long moved = 1000;
        var pace = new TransferPace(2 * Second, leastRate: 0, () => moved);
        pace.Start(1000);
        await StartAsync(deadlines => deadlines.SetRead(pace, Reading), reads: true);
        moved++;
        await AdvanceAsync(2 * Second);
        Assert.Null(_readable);
        await AdvanceAsync(2 * Second);
        Assert.False(_readable);
    }

    [Fact]
    public async Task Pace_TimeBetweenWaits_DoesNotCount()
    {
        var pace = new TransferPace(TimeSpan.Zero, leastRate: 1, () => 0);
        pace.Start(0);
        await StartAsync(deadlines => deadlines.SetRead(pace, Reading), reads: true);
        await AdvanceAsync(4 * Second);
        await OnHubAsync(() => _connection.Deadlines.ClearRead());
        await AdvanceAsync(100 * Second);
        await OnHubAsync(() => _connection.Deadlines.SetRead(pace, Reading));
        await AdvanceAsync(Second - TimeSpan.FromTicks(1));
        Assert.Null(_readable);
        await AdvanceAsync(TimeSpan.FromTicks(1));
        Assert.False(_readable);
    }

    [Fact]
    public async Task Closed_SetLater_LeavesTheSlotsNextOwnerAlone()
    {
        await StartAsync(_ => { });
        var old = _connection;
        await OnHubAsync(old.Close);
        Connection? next = null;
        bool? result = null;
        MemoryConnection.Connect(_host.Hub, async connection =>
        {
            using (next = connection)
                result = await connection.WaitReadableAsync();
        });
        await _host.SettleAsync();
        await OnHubAsync(() => old.Deadlines.SetRead(Second, Reading));
        await AdvanceAsync(10 * Second);
        Assert.Null(result);
        await OnHubAsync(next!.Close);
    }

    private async Task StartAsync(Action<Deadlines> set, bool reads = false, bool writes = false)
    {
        await _host.SettleAsync();
        await OnHubAsync(() =>
        {
            _connection.Send(new byte[1]); // the peer's window is full
            _connection.Send(new byte[1]);
            set(_connection.Deadlines);
            if (reads)
                Coroutine.Spawn(async () => _readable = await _connection.WaitReadableAsync());
            if (writes)
                Coroutine.Spawn(async () => _writable = await _connection.WaitWritableAsync());
        });
        Assert.False(_peer.IsClosed);
    }

    private async Task OnHubAsync(Action action)
    {
        await _host.Hub.InvokeAsync(() =>
        {
            action();
            return Task.CompletedTask;
        });
        await _host.SettleAsync();
    }

    private async Task AdvanceAsync(TimeSpan step)
    {
        _clock.Advance(step);
        await _host.SettleAsync();
    }
}
