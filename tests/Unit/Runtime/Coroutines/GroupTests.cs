using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Coroutines;

/// <summary>gevent: <c>pool.Group</c>.</summary>
public sealed class GroupTests
{
    [Fact]
    public async Task Join_WaitsForAllAndForThoseThatJoinMeanwhile()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var group = new CoroutineGroup();
            int ended = 0;
            _ = group.Spawn(async () =>
            {
                await Coroutine.Yield();
                _ = group.Spawn(async () => { await Coroutine.Yield(); ended++; });
                ended++;
            });
            Assert.Equal(1, group.Count);
            Assert.True(await group.JoinAsync());
            Assert.Equal(2, ended);
            Assert.Equal(0, group.Count);
        });
    }

    [Fact]
    public async Task Dispose_KillsAndJoins()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            Coroutine sleeper;
            await using (var group = new CoroutineGroup())
            {
                sleeper = group.Spawn(async () => await Coroutine.Sleep(Timeout.InfiniteTimeSpan));
                await Coroutine.Yield();
            }
            Assert.True(sleeper.IsCompleted);
            Assert.False(sleeper.IsSuccessful);
        });
    }

    [Fact]
    public async Task CancelOnFailure_KillsTheRestAndJoinThrows()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var group = new CoroutineGroup { CancelOnFailure = true };
            var sleeper = group.Spawn(async () => await Coroutine.Sleep(Timeout.InfiniteTimeSpan));
            _ = group.Spawn(async () => { await Coroutine.Yield(); throw new IOException("first"); });
            var exception = await Assert.ThrowsAsync<IOException>(async () => await group.JoinAsync());
            Assert.Equal("first", exception.Message);
            Assert.True(sleeper.IsCompleted);
        });
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }

    [Fact]
    public async Task CancelOnFailure_NobodyJoins_IsReported()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            await using var group = new CoroutineGroup { CancelOnFailure = true };
            _ = group.Spawn(() => throw new IOException("first"));
            await Coroutine.Yield();
            await Coroutine.Yield();
        });
        Assert.Equal("first", Assert.Single(host.Failures).Exception.Message);
    }

    [Fact]
    public async Task Failure_InAPlainGroup_IsReportedOnce()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var group = new CoroutineGroup();
            _ = group.Spawn(() => throw new IOException("alone"));
            Assert.True(await group.JoinAsync());
        });
        await host.SettleAsync();
        Assert.Equal("alone", Assert.Single(host.Failures).Exception.Message);
    }

    [Fact]
    public async Task Group_OfACoroutine_EndsWithIt()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            Coroutine? child = null;
            var parent = Coroutine.Spawn(async () =>
            {
                child = Coroutine.Current!.Group.Spawn(async () => await Coroutine.Sleep(Timeout.InfiniteTimeSpan));
                await Coroutine.Yield();
                return 5;
            });
            Assert.Equal(5, await parent);
            Assert.True(child!.IsCompleted);
        });
    }

    [Fact]
    public async Task Group_OfAKilledCoroutine_EndsWithIt()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            Coroutine? child = null;
            bool hasCleanedUp = false;
            var parent = Coroutine.Spawn(async () =>
            {
                child = Coroutine.Current!.Group.Spawn(async () =>
                {
                    try { await Coroutine.Sleep(Timeout.InfiniteTimeSpan); }
                    finally
                    {
                        await Coroutine.Yield();
                        await Coroutine.Yield();
                        hasCleanedUp = true;
                    }
                });
                await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
            });
            await Coroutine.Yield();
            await Coroutine.Yield();
            parent.BeginKill();
            await Coroutine.Yield();
            Assert.True(await parent.KillAsync()); // a second kill while it waits for its children
            Assert.True(hasCleanedUp);
            Assert.True(child!.IsCompleted);
        });
    }

    [Fact]
    public async Task Discard_LetsAMemberRunOn()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var group = new CoroutineGroup();
            var member = Coroutine.Spawn(async () => await Coroutine.Sleep(Timeout.InfiniteTimeSpan));
            group.Add(member);
            group.Add(member);
            Assert.True(group.Contains(member));
            group.Discard(member);
            Assert.True(await group.JoinAsync());
            Assert.False(member.IsCompleted);
            await member.KillAsync();
        });
    }
}
