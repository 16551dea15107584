using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Coroutines;

/// <summary>gevent: <c>Pool.map</c>, <c>Pool.imap_unordered</c>.</summary>
public sealed class PoolMapTests
{
    [Fact]
    public async Task Map_ResultsAreInTheOrderOfTheItems() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(3);
        int running = 0, most = 0;
        int[] squares = await pool.MapAsync(Enumerable.Range(0, 20), async i =>
        {
            most = Math.Max(most, ++running);
            for (int turn = 0; turn < 20 - i; turn++)
                await Coroutine.Yield();
            running--;
            return i * i;
        });
        Assert.Equal(Enumerable.Range(0, 20).Select(static i => i * i), squares);
        Assert.Equal(3, most);
        Assert.Equal(3, pool.FreeCount);
        Assert.Empty(await pool.MapAsync(Array.Empty<int>(), async i => i));
    });

    [Fact]
    public async Task Map_OneFails_KillsTheRestAndThrows() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(2);
        int begun = 0, killed = 0;
        var exception = await Assert.ThrowsAsync<IOException>(() => pool.MapAsync(Enumerable.Range(0, 100), async i =>
        {
            begun++;
            if (i == 1)
                throw new IOException("second");
            try { await Coroutine.Sleep(Timeout.InfiniteTimeSpan); }
            finally { killed++; }
            return i;
        }));
        Assert.Equal("second", exception.Message);
        Assert.Equal((2, 1, 0), (begun, killed, pool.Count));
        Assert.Equal(2, pool.FreeCount);
    });

    [Fact]
    public async Task Map_Killed_EndsItsCalls() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(2);
        var mapping = Coroutine.Spawn(() => pool.MapAsync(Enumerable.Range(0, 100), async i =>
        {
            await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
            return i;
        }));
        await Coroutine.Yield();
        await Coroutine.Yield();
        Assert.Equal(2, pool.Count);
        Assert.True(await mapping.KillAsync());
        Assert.Equal((0, 2), (pool.Count, pool.FreeCount));
    });

    [Fact]
    public async Task Map_TheItemsThrow_EndsItsCalls() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(2);
        await Assert.ThrowsAsync<FormatException>(() => pool.MapAsync(Items(), async i =>
        {
            await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
            return i;
        }));
        Assert.Equal(0, pool.Count);

        static IEnumerable<int> Items()
        {
            yield return 1;
            throw new FormatException();
        }
    });

    [Fact]
    public async Task MapUnordered_ResultsComeAsTheyEnd() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(3);
        var gates = Enumerable.Range(0, 3).Select(static _ => new AsyncEvent()).ToArray();
        var seen = new List<int>();
        var reading = Coroutine.Spawn(async () =>
        {
            await foreach (int i in pool.MapUnordered([0, 1, 2], async i => { await gates[i].WaitAsync(); return i; }))
                seen.Add(i);
        });
        foreach (int i in (int[])[2, 0, 1])
        {
            gates[i].Set();
            while (!seen.Contains(i))
                await Coroutine.Yield();
        }
        await reading;
        Assert.Equal([2, 0, 1], seen);
        Assert.Equal(3, pool.FreeCount);
    });

    [Fact]
    public async Task MapUnordered_SlowReader_TakesNoMoreThanItsSizeAhead() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(4);
        int taken = 0, read = 0;
        await foreach (int i in pool.MapUnordered(Items(), async i => i))
        {
            for (int turn = 0; turn < 10; turn++)
                await Coroutine.Yield();
            read++;
            Assert.InRange(taken, read, read + 4);
        }
        Assert.Equal(30, read);

        IEnumerable<int> Items()
        {
            for (; taken < 30; taken++)
                yield return taken;
        }
    });

    [Fact]
    public async Task MapUnordered_LeftEarly_KillsWhatIsUnderWay() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(3);
        int begun = 0, killed = 0;
        await foreach (int i in pool.MapUnordered(Enumerable.Range(0, 100), async i =>
        {
            begun++;
            if (i == 0)
                return i;
            try { await Coroutine.Sleep(Timeout.InfiniteTimeSpan); }
            finally { killed++; }
            return i;
        }))
        {
            break;
        }
        Assert.Equal(begun - 1, killed);
        Assert.Equal((0, 3), (pool.Count, pool.FreeCount));
    });

    [Fact]
    public async Task MapUnordered_OneFails_IsThrownAndTheRestKilled() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(3);
        await Assert.ThrowsAsync<IOException>(async () =>
        {
            await foreach (int i in pool.MapUnordered(Enumerable.Range(0, 100), async i =>
            {
                if (i == 2)
                    throw new IOException();
                await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
                return i;
            }))
            {
                Assert.Fail("none ends");
            }
        });
        Assert.Equal((0, 3), (pool.Count, pool.FreeCount));
    });

    [Fact]
    public async Task MapUnordered_ItemsThatComeLater_AreTakenAsTheyCome() => await RunAsync(async () =>
    {
        await using var pool = new CoroutinePool(2);
        var seen = new List<int>();
        await foreach (int i in pool.MapUnordered(ItemsAsync(), async i => i * 2))
            seen.Add(i);
        Assert.Equal([0, 2, 4, 6, 8], seen.Order());
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (int i in pool.MapUnordered(BrokenAsync(), async i => i))
                Assert.Equal(1, i);
        });

        static async IAsyncEnumerable<int> ItemsAsync()
        {
            for (int i = 0; i < 5; i++)
            {
                await Coroutine.Yield();
                yield return i;
            }
        }

        static async IAsyncEnumerable<int> BrokenAsync()
        {
            yield return 1;
            await Coroutine.Yield();
            throw new FormatException();
        }
    });

    private static async Task RunAsync(Func<Task> body)
    {
        await using var host = new TestHub();
        await host.RunAsync(body);
        await host.SettleAsync();
        Assert.Empty(host.Failures);
    }
}
