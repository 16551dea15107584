using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Synchronization;

/// <summary>gevent: <c>event.AsyncResult</c>.</summary>
public sealed class AsyncResultTests
{
    [Fact]
    public async Task Set_GivesTheValueToAllWhoWait()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var result = new AsyncResult<int>();
            Assert.Throws<InvalidOperationException>(() => result.Value);
            var awaiting = Coroutine.Spawn(async () => await result);
            var getting = Coroutine.Spawn(async () => await result.GetAsync());
            await Coroutine.Yield();
            result.Set(42);
            Assert.True(result.IsReady && result.IsSuccessful);
            Assert.Equal(42, await awaiting);
            Assert.Equal(42, await getting);
            Assert.Equal(42, await result);
            Assert.Equal(42, result.Value);
            Assert.Null(result.Exception);
        });
    }

    [Fact]
    public async Task SetException_IsThrownToEveryoneWithItsStack()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var result = new AsyncResult<int>();
            try { Fail(); }
            catch (IOException exception) { result.SetException(exception); }
            for (int i = 0; i < 2; i++)
            {
                var thrown = await Assert.ThrowsAsync<IOException>(async () => await result);
                Assert.Contains(nameof(Fail), thrown.StackTrace, StringComparison.Ordinal);
                Assert.Same(result.Exception, thrown);
            }
            Assert.True(await result.WaitAsync());
            Assert.True(result.IsReady);
            Assert.False(result.IsSuccessful);
            Assert.Throws<InvalidOperationException>(() => result.Value);
        });

        static void Fail() => throw new IOException("set");
    }

    [Fact]
    public void Set_Twice_Throws()
    {
        var result = new AsyncResult<string>();
        Assert.True(result.TrySet("first"));
        Assert.False(result.TrySet("second"));
        Assert.False(result.TrySetException(new IOException()));
        Assert.Throws<InvalidOperationException>(() => result.Set("third"));
        Assert.Throws<InvalidOperationException>(() => result.SetException(new IOException()));
        Assert.Equal("first", result.Value);
    }

    [Fact]
    public async Task Get_TimeIsOver_ThrowsTimeoutException()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var result = new AsyncResult<int>();
            await Assert.ThrowsAsync<TimeoutException>(async () =>
                await result.GetAsync(TimeSpan.Zero, TestContext.Current.CancellationToken));
            Assert.False(await result.WaitAsync(TimeSpan.Zero));
        });
    }

    [Fact]
    public async Task Set_FromAnotherThread_ArrivesOnTheHub()
    {
        await using var host = new TestHub();
        var result = new AsyncResult<int>();
        var waiting = host.RunAsync(async () =>
        {
            Assert.Equal(1, await result);
            Assert.Same(host.Hub, Hub.Current);
        });
        await host.SettleAsync();
        result.Set(1);
        await waiting;
    }

    [Fact]
    public async Task SetFrom_LinkedToACoroutine_TakesItsEnd()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var (value, failure, kill) = (new AsyncResult<int>(), new AsyncResult<int>(), new AsyncResult<int>());
            Coroutine.Spawn(async () => 7).Link(value.SetFrom);
            Coroutine.Spawn<int>(() => throw new IOException("linked")).Link(failure.SetFrom);
            var sleeper = Coroutine.Spawn(async () => { await Coroutine.Sleep(Timeout.InfiniteTimeSpan); return 1; });
            sleeper.Link(kill.SetFrom);
            Assert.Equal(7, await value);
            Assert.Equal("linked", (await Assert.ThrowsAsync<IOException>(async () => await failure)).Message);
            Assert.Throws<ArgumentException>(() => value.SetFrom(sleeper));
            await sleeper.KillAsync();
            await Assert.ThrowsAsync<OperationCanceledException>(async () => await kill);
        });
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }
}
