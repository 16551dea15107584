using AsyncServer.Load;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Load;

public sealed class OpenLoopEngineTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly FakeClock _clock = new();

    [Fact]
    public async Task Inject_ServerStalls_EachRequestShowsItsShareOfTheStall()
    {
        await using var host = new TestHub(_clock);
        var answers = new AsyncEvent();
        int asked = 0;
        var traffic = new Traffic("stalled", Once, new LoadSimulation.Inject(10, TimeSpan.FromSeconds(1)));
        async Task<long> Once()
        {
            asked++;
            await answers.WaitAsync();
            return 7;
        }

        var running = Start(host, traffic);
        await AdvanceAsync(host, steps: 20);
        Assert.Equal(10, asked); // none waited for the one before
        await host.RunAsync(answers.Set);
        var result = Assert.Single(await running.Soon());

        // Due at 0, 0.1 ... 0.9 s, answered at 2 s: the server was slow for all of them, not for one.
        Assert.Equal(10, result.Tally.Answers);
        Assert.Equal(70, result.Bytes);
        AssertNear(TimeSpan.FromSeconds(2), result.Latency.Max);
        AssertNear(TimeSpan.FromSeconds(1.5), result.Latency.P50);
    }

    [Fact]
    public async Task Inject_PromptAnswers_HaveNoLatency()
    {
        await using var host = new TestHub(_clock);

        var running = Start(host, new Traffic("prompt", () => Task.FromResult(1L), new LoadSimulation.Inject(10, TimeSpan.FromSeconds(2))));
        await AdvanceAsync(host, steps: 20);
        var result = Assert.Single(await running.Soon());

        Assert.Equal(20, result.Tally.Answers);
        Assert.InRange(result.Latency.Max, TimeSpan.Zero, TimeSpan.FromMilliseconds(1));
        Assert.Equal([0, 1], result.Seconds.Select(second => second.Second));
    }

    [Fact]
    public async Task Inject_AMillisecondLate_GoesOn()
    {
        await using var host = new TestHub(_clock);

        // The clock goes on by 100 ms at a time: the request that is due at 99 ms is a millisecond late.
        var running = Start(host, new Traffic("late", () => Task.FromResult(1L),
            new LoadSimulation.Inject(1000, TimeSpan.FromSeconds(0.5))));
        await AdvanceAsync(host, steps: 5);
        var result = Assert.Single(await running.Soon());

        Assert.Equal(500, result.Tally.Answers);
        AssertNear(TimeSpan.FromMilliseconds(99), result.Latency.Max);
    }

    [Fact]
    public async Task RampingInject_AfterInject_BeginsAtItsRate()
    {
        await using var host = new TestHub(_clock);
        var traffic = new Traffic("ramp", () => Task.FromResult(1L),
            new LoadSimulation.Inject(10, TimeSpan.FromSeconds(1)), new LoadSimulation.RampingInject(30, TimeSpan.FromSeconds(1)));

        var running = Start(host, traffic);
        await AdvanceAsync(host, steps: 20);
        var result = Assert.Single(await running.Soon());

        Assert.Equal(10 + 20, result.Tally.Answers);
        Assert.Equal("10/s, ramp to 30/s", result.Shape);
    }

    [Fact]
    public async Task KeepConstant_SlowAnswers_NeverHasMoreThanItsCopies()
    {
        await using var host = new TestHub(_clock);
        int underWay = 0, most = 0;
        var traffic = new Traffic("closed", Once, new LoadSimulation.KeepConstant(3, TimeSpan.FromSeconds(1)));
        async Task<long> Once()
        {
            most = Math.Max(most, ++underWay);
            await Coroutine.Sleep(Step * 2);
            underWay--;
            return 1;
        }

        var running = Start(host, traffic);
        await AdvanceAsync(host, steps: 12);
        var result = Assert.Single(await running.Soon());

        Assert.Equal((3, 0), (most, underWay));
        Assert.Equal(15, result.Tally.Answers);
        AssertNear(Step * 2, result.Latency.P50);
    }

    [Fact]
    public async Task Inject_LostAnswers_AreCountedByCauseAndHaveNoLatency()
    {
        await using var host = new TestHub(_clock);
        int asked = 0;
        var traffic = new Traffic("failing", () => ++asked % 2 == 0 ? throw new InvalidDataException("wrong")
            : Task.FromException<long>(new IOException("lost")),
            new LoadSimulation.Inject(10, TimeSpan.FromSeconds(1)));

        var running = Start(host, traffic);
        await AdvanceAsync(host, steps: 10);
        var result = Assert.Single(await running.Soon());

        Assert.Equal((0, 10), (result.Tally.Answers, result.Tally.Errors));
        Assert.Equal([("lost", 5L), ("wrong", 5L)], result.Tally.ErrorKinds.Order());
        Assert.Equal(TimeSpan.Zero, result.Latency.Max);
    }

    [Fact]
    public async Task Run_NeverAnswered_CountsThemAndEnds()
    {
        await using var host = new TestHub(_clock);
        var traffic = new Traffic("silent", async () =>
        {
            await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
            return 0;
        }, new LoadSimulation.Inject(10, TimeSpan.FromSeconds(1)));

        var running = Start(host, traffic);
        for (int second = 0; second < 100 && !running.IsCompleted; second++)
            await AdvanceAsync(host, steps: 10);
        var result = Assert.Single(await running.Soon());

        Assert.Equal((0, 10), (result.Tally.Answers, result.Tally.Errors));
    }

    [Fact]
    public async Task Run_Cancelled_EndsAllAndThrows()
    {
        await using var host = new TestHub(_clock);
        using var interrupted = new CancellationTokenSource();
        var traffic = new Traffic("endless", async () =>
        {
            await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
            return 0;
        }, new LoadSimulation.Inject(10, TimeSpan.FromHours(1)));

        var running = host.Hub.InvokeAsync(() => new OpenLoopEngine(_clock).RunAsync([traffic], interrupted.Token));
        await AdvanceAsync(host, steps: 3);
        await interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.Soon());
    }

    private Task<IReadOnlyList<LoadResult>> Start(TestHub host, Traffic traffic) =>
        host.Hub.InvokeAsync(() => new OpenLoopEngine(_clock).RunAsync([traffic], CancellationToken.None));

    private async Task AdvanceAsync(TestHub host, int steps)
    {
        await host.SettleAsync();
        for (int step = 0; step < steps; step++)
        {
            _clock.Advance(Step);
            await host.SettleAsync();
        }
    }

    private static void AssertNear(TimeSpan expected, TimeSpan actual) =>
        Assert.InRange(actual, expected, expected * (1 + Histogram.RelativeError));
}
