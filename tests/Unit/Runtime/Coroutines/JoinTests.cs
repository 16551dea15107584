using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Coroutines;

/// <summary>gevent: <c>Greenlet.get</c>, <c>join</c>, <c>link</c>, <c>joinall</c>, <c>iwait</c>.</summary>
public sealed class JoinTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Await_CoroutineWithAResult_ReturnsIt()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            Coroutine<int> answer = Coroutine.Spawn(async () => 42);
            Assert.Equal(42, await answer);
            Assert.Equal(42, await answer.GetAsync(Second));
            Assert.Equal(42, await answer.AsTask());
            Assert.Equal(42, answer.Value);
            Assert.True(answer.IsSuccessful);
        });
    }

    [Fact]
    public async Task Spawn_AllForms_Compile()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            Coroutine<int> methodGroup = Coroutine.Spawn(AnswerAsync);
            Coroutine plain = Coroutine.Spawn(NothingAsync);
            Coroutine<string> cancellable = Coroutine.Spawn(
                async cancellation => { await Coroutine.Sleep(TimeSpan.Zero, cancellation); return "done"; });
            Coroutine throwing = Coroutine.Spawn(() => throw new IOException());
            Coroutine asyncThrowing = Coroutine.Spawn(async () => throw new IOException());
            Coroutine<int> later = Coroutine.SpawnLater(TimeSpan.FromMilliseconds(1), async () => 1);
            Assert.Equal(42, await methodGroup);
            await plain;
            Assert.Equal("done", await cancellable);
            await Assert.ThrowsAsync<IOException>(async () => await throwing);
            await Assert.ThrowsAsync<IOException>(async () => await asyncThrowing);
            Assert.Equal(1, await later);
        });

        static Task<int> AnswerAsync() => Task.FromResult(42);
        static Task NothingAsync() => Task.CompletedTask;
    }

    [Fact]
    public async Task Join_Failing_ReturnsTrueAndObservesIt()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var failing = Coroutine.Spawn(() => throw new IOException("lost"));
            Assert.True(await failing.JoinAsync());
            Assert.Equal("lost", failing.Exception!.Message);
        });
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task JoinAndAwait_CoroutineOfAnotherHub_ComeBackToTheirOwn()
    {
        await using var host = new TestHub();
        await using var other = new TestHub();
        Coroutine<int>? remote = null;
        var gate = new TaskCompletionSource();
        await other.RunAsync(() => remote = Coroutine.Spawn(async () => { await gate.Task; return 7; }));
        await host.RunAsync(async () =>
        {
            var joining = Coroutine.Spawn(async () =>
            {
                Assert.True(await remote!.JoinAsync());
                Assert.Same(host.Hub, Hub.Current);
            });
            var awaiting = Coroutine.Spawn(async () =>
            {
                Assert.Equal(7, await remote!);
                Assert.Same(host.Hub, Hub.Current);
            });
            await Coroutine.Yield();
            gate.SetResult();
            await joining;
            await awaiting;
        });
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task JoinAndAwait_SideBySide_LeaveNoWaitBehind(bool kill)
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var gate = new TaskCompletionSource();
            var target = Coroutine.Spawn(async () => await gate.Task);
            int left = -1;
            var waiting = Coroutine.Spawn(async () =>
            {
                try { await Task.WhenAll(JoinAsync(), AwaitAsync()); }
                catch (OperationCanceledException) { /* when it is killed */ }
                left = Coroutine.Current!.Waits is null ? 0 : 1;
            });
            await Coroutine.Yield();
            await Coroutine.Yield();
            Assert.NotNull(waiting.Waits);
            if (kill)
                await waiting.KillAsync();
            gate.SetResult();
            await waiting.JoinAsync();
            await target;
            Assert.Equal(0, left);

            async Task JoinAsync() => await target.JoinAsync();
            async Task AwaitAsync() => await target;
        });
    }

    [Fact]
    public async Task Join_TimeIsOver_ReturnsFalseAndTheCoroutineGoesOn()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var joining = host.RunAsync(async () =>
        {
            var slow = Coroutine.Spawn(async () => { await Coroutine.Sleep(3 * Second); return 7; });
            Assert.False(await slow.JoinAsync(Second));
            await Assert.ThrowsAsync<TimeoutException>(async () => await slow.GetAsync(Second));
            Assert.False(await slow.JoinAsync(TimeSpan.Zero));
            Assert.Equal(7, await slow.GetAsync(2 * Second));
        });
        for (int second = 0; second < 3; second++)
        {
            await host.SettleAsync();
            clock.Advance(Second);
        }
        await joining;
    }

    [Fact]
    public async Task JoinAll_OneTimeLimitForAll_SaysWhetherAllHaveEnded()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var joining = host.RunAsync(async () =>
        {
            var one = Coroutine.Spawn(async () => await Coroutine.Sleep(Second));
            var three = Coroutine.Spawn(async () => await Coroutine.Sleep(3 * Second));
            Assert.False(await Coroutine.JoinAllAsync([one, three], 2 * Second));
            Assert.True(one.IsCompleted);
            Assert.True(await Coroutine.JoinAllAsync([one, three]));
        });
        for (int second = 0; second < 3; second++)
        {
            await host.SettleAsync();
            clock.Advance(Second);
        }
        await joining;
    }

    [Fact]
    public async Task WhenEach_GivesThemAsTheyEnd()
    {
        var clock = new FakeClock();
        await using var host = new TestHub(clock);
        var ended = new List<int>();
        var collecting = host.RunAsync(async () =>
        {
            Coroutine<int> After(int seconds) => Coroutine.Spawn(async () => { await Coroutine.Sleep(seconds * Second); return seconds; });
            await foreach (var coroutine in Coroutine.WhenEach([After(2), After(1), After(3)]))
                ended.Add(await coroutine);
        });
        for (int second = 0; second < 3; second++)
        {
            await host.SettleAsync();
            clock.Advance(Second);
        }
        await collecting;
        Assert.Equal([1, 2, 3], ended);
    }

    [Fact]
    public async Task Link_OfEveryKind_IsCalledInOrderForItsEnd()
    {
        await using var host = new TestHub();
        var calls = new List<string>();
        await host.RunAsync(async () =>
        {
            var well = Coroutine.Spawn(async () => 1);
            well.Link(_ => calls.Add("link 1"));
            well.LinkValue(it => calls.Add($"value {((Coroutine<int>)it).Value}"));
            well.LinkException(_ => calls.Add("exception"));
            Action<Coroutine> removed = _ => calls.Add("removed");
            well.Link(removed);
            well.Unlink(removed);
            well.Link(it => { Assert.Same(well, it); Assert.Null(Coroutine.Current); calls.Add("link 2"); });
            var ill = Coroutine.Spawn(() => throw new IOException("ill"));
            ill.LinkValue(_ => calls.Add("value"));
            ill.LinkException(it => calls.Add(it.Exception!.Message));
            await Coroutine.JoinAllAsync([well, ill]);
            await Coroutine.Yield();
            ill.Link(_ => calls.Add("late"));
            await Coroutine.Yield();
        });
        Assert.Equal(["link 1", "value 1", "link 2", "ill", "late"], calls);
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task LinkValue_Alone_LeavesAFailureToBeReported()
    {
        await using var host = new TestHub();
        await host.RunAsync(() => Coroutine.Spawn(() => throw new IOException("unseen")).LinkValue(static _ => { }));
        await host.SettleAsync();
        var (coroutine, exception) = Assert.Single(host.Failures);
        Assert.Equal("unseen", exception.Message);
        Assert.Contains("JoinTests.cs:", coroutine!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Link_Throws_IsReportedAndTheOthersAreCalled()
    {
        await using var host = new TestHub();
        bool isCalled = false;
        await host.RunAsync(async () =>
        {
            var coroutine = Coroutine.Spawn(async () => 1);
            coroutine.Link(static _ => throw new IOException("in a link"));
            coroutine.Link(_ => isCalled = true);
            await coroutine;
        });
        await host.SettleAsync();
        Assert.True(isCalled);
        Assert.Equal("in a link", Assert.Single(host.Failures).Exception.Message);
    }

    [Fact]
    public async Task Await_OnAnotherHubAndOffAnyHub_ContinuesWhereItWas()
    {
        await using var host = new TestHub();
        await using var other = new TestHub();
        var gate = new TaskCompletionSource();
        Coroutine<int>? answer = null;
        await host.RunAsync(() => { answer = Coroutine.Spawn(async () => { await gate.Task; return 42; }); });
        var elsewhere = other.RunAsync(async () =>
        {
            var self = Coroutine.Current;
            Assert.Equal(42, await answer!);
            Assert.Same(self, Coroutine.Current);
            Assert.Same(other.Hub, Hub.Current);
        });
        var offAnyHub = Task.Run(async () => await answer!, TestContext.Current.CancellationToken);
        gate.SetResult();
        await elsewhere;
        Assert.Equal(42, await offAnyHub);
    }

    [Fact]
    public async Task GetResult_OnAHubBeforeTheEnd_ThrowsInsteadOfBlocking()
    {
        await using var host = new TestHub();
        await host.RunAsync(() =>
        {
            var coroutine = Coroutine.Spawn(async () => 1);
            Assert.Throws<InvalidOperationException>(() => coroutine.GetAwaiter().GetResult());
        });
    }

    [Fact]
    public void Run_WithAResult_ReturnsIt() => Assert.Equal(42, Hub.Run(async () => { await Coroutine.Yield(); return 42; }));
}
