using System.Net;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime;

/// <summary>The calls of gevent's users in the shape that they have here. That this compiles is half of the test.</summary>
public sealed class SurfaceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Hub_Surface()
    {
        bool hasPosted = false, hasInvoked = false;
        Hub.Run(async () =>
        {
            Hub? hub = Hub.Current;
            Assert.NotNull(hub);
            Assert.True(hub.Id > 0);
            hub.Post(() => hasPosted = true);
            await hub.InvokeAsync(async () => { await Coroutine.Yield(); hasInvoked = true; });
        });
        Assert.True(hasPosted && hasInvoked);
    }

    [Fact]
    public void Coroutine_Surface() => Hub.Run(async () =>
    {
        Coroutine c = Coroutine.Spawn(async () => { await Coroutine.Yield(); });
        Coroutine<int> d = Coroutine.Spawn(async () => 42);
        Coroutine e = Coroutine.SpawnLater(TimeSpan.FromSeconds(1), async () => { await Coroutine.Yield(); });
        Assert.Equal((false, false), (c.IsCompleted, e.IsSuccessful));

        await c;
        int v = await d;
        await c.AsTask();
        bool ended = await c.JoinAsync(TimeSpan.FromSeconds(1));
        int w = await d.GetAsync(TimeSpan.FromSeconds(1));
        bool dead = await e.KillAsync(grace: TimeSpan.FromSeconds(1));
        Assert.Equal((42, true, 42, true), (v, ended, w, dead));

        c.Name = "crawler";
        Assert.StartsWith($"crawler #{c.Id}", c.ToString());
        Assert.Equal((true, true, null), (c.IsCompleted, c.IsSuccessful, c.Exception));
        Assert.False(Coroutine.Current!.CancellationToken.IsCancellationRequested);
        Assert.True(e.CancellationToken.IsCancellationRequested);
        Assert.Equal(0, Coroutine.Current.Group.Count);
    });

    [Fact]
    public void Links_Surface() => Hub.Run(async () =>
    {
        var told = new List<string>();
        var c = Coroutine.Spawn(async () => { await Coroutine.Yield(); });
        var f = Coroutine.Spawn(() => throw new FormatException());
        Action<Coroutine> unwanted = x => told.Add("unwanted");
        c.Link(x => told.Add("c ended"));
        c.Link(unwanted);
        c.Unlink(unwanted);
        c.LinkValue(x => told.Add("c ended well"));
        c.LinkException(unwanted);
        f.LinkException(x => told.Add(x.Exception!.GetType().Name));
        f.LinkValue(unwanted);
        await Coroutine.JoinAllAsync([c, f]);
        await Coroutine.Yield(); // links run in turns of their own
        Assert.Equivalent((string[])["c ended", "c ended well", "FormatException"], told, strict: true);
    });

    [Fact]
    public void SeveralCoroutines_Surface() => Hub.Run(async () =>
    {
        var timeout = Second;
        Coroutine e = Coroutine.Spawn(async () => { await Coroutine.Yield(); });
        Coroutine c = Coroutine.Spawn(async () => { await e; await Coroutine.Yield(); });
        var order = new List<Coroutine>();
        await foreach (var x in Coroutine.WhenEach([c, e]))
            order.Add(x);
        Assert.Equal([e, c], order);
        Assert.True(await Coroutine.JoinAllAsync([c, e], timeout));

        Coroutine<int>[] numbers = [Coroutine.Spawn(async () => 1), Coroutine.Spawn(async () => 2)];
        int sum = 0;
        await foreach (var x in Coroutine.WhenEach([numbers[0], numbers[1]]))
            sum += x.Value;
        Assert.Equal(3, sum);

        Coroutine[] endless = [Coroutine.Spawn(SleepForeverAsync), Coroutine.Spawn(SleepForeverAsync)];
        Assert.True(await Coroutine.KillAllAsync(endless));
        int value = await Coroutine.WithTimeoutAsync(TimeSpan.FromSeconds(5),
            async ct => { await Coroutine.Sleep(TimeSpan.Zero, ct); return 5; });
        Assert.Equal(5, value);
        await Assert.ThrowsAsync<TimeoutException>(() =>
            Coroutine.WithTimeoutAsync(TimeSpan.FromMilliseconds(1), async ct => await SleepForeverAsync()));
    });

    [Fact]
    public void GroupAndPool_Surface() => Hub.Run(async () =>
    {
        var group = new CoroutineGroup();
        _ = group.Spawn(async () => { await Coroutine.Yield(); });
        Assert.Equal(1, group.Count);
        await group.JoinAsync();
        await group.KillAsync();
        Assert.True(new CoroutineGroup { CancelOnFailure = true }.CancelOnFailure);

        int[] items = [1, 2, 3];
        var pool = new CoroutinePool(size: 10);
        Coroutine member = await pool.SpawnAsync(async () => { await Coroutine.Yield(); });
        Assert.Equal((9, false, true), (pool.FreeCount, pool.IsFull, await pool.WaitAvailableAsync()));
        await member;
        int[] r = await pool.MapAsync(items, async x => { await Coroutine.Yield(); return 2 * x; });
        Assert.Equal([2, 4, 6], r);
        int sum = 0;
        await foreach (var x in pool.MapUnordered(items, async x => { await Coroutine.Yield(); return 2 * x; }))
            sum += x;
        Assert.Equal(12, sum);
    });

    [Fact]
    public void Synchronization_Surface() => Hub.Run(async () =>
    {
        var timeout = Second;
        var ev = new AsyncEvent();
        ev.Set();
        await ev.WaitAsync();
        bool set = await ev.WaitAsync(timeout);
        ev.Clear();
        Assert.Equal((true, false), (set, ev.IsSet));

        var ar = new AsyncResult<int>();
        ar.Set(1);
        Assert.Equal(1, await ar.GetAsync(timeout));
        var failing = new AsyncResult<int>();
        failing.SetException(new FormatException());
        await Assert.ThrowsAsync<FormatException>(async () => await failing.GetAsync(timeout, TestContext.Current.CancellationToken));

        int x = await Hub.RunBlockingAsync(() => BlockingCall());
        var local = new CoroutineLocal<int>();
        local.Value = 7;
        Assert.Equal((3, 7, 0), (x, local.Value, await Coroutine.Spawn(async () => local.Value)));
    });

    [Fact]
    public void StreamServer_Surface() => Hub.Run(async () =>
    {
        await using var server = new StreamServer("127.0.0.1:0", async (connection, ct) =>
        {
            var buffer = new byte[100];
            int n = await connection.ReceiveAsync(buffer, ct);
            await connection.SendAsync(buffer.AsMemory(0, n), ct);
        })
        { MaxConnections = 1000 };
        await server.StartAsync();
        var serving = Coroutine.Spawn(async () => await server.ServeForeverAsync());

        using var client = await Connection.ConnectAsync($"127.0.0.1:{((IPEndPoint)server.LocalEndPoint).Port}");
        Stream s = client.AsStream();
        await s.WriteAsync("hello"u8.ToArray(), TestContext.Current.CancellationToken);
        using var reader = new StreamReader(s);
        Assert.Equal("hello", await reader.ReadToEndAsync(TestContext.Current.CancellationToken));

        string tree = RunInfo.Capture();
        Assert.Contains($"accepting on {server.LocalEndPoint}", tree);
        await server.StopAsync(TimeSpan.FromSeconds(1));
        await serving;
    });

    private static Task SleepForeverAsync() => Coroutine.Sleep(Timeout.InfiniteTimeSpan).AsTask();

    private static int BlockingCall() => 3;
}
