using System.Runtime.CompilerServices;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Coroutines;

/// <summary>gevent: <c>local.local</c>.</summary>
public sealed class LocalTests
{
    [Fact]
    public async Task Value_IsEachCoroutinesOwnAndNotInherited()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var local = new CoroutineLocal<string?>();
            Assert.Null(local.Value);
            Assert.False(local.HasValue);
            local.Value = "parent's";
            var child = Coroutine.Spawn(async () =>
            {
                Assert.Null(local.Value);
                local.Value = "child's";
                await Coroutine.Yield();
                Assert.Equal("child's", local.Value);
            });
            await child;
            Assert.Equal("parent's", local.Value);
            Assert.True(local.HasValue);
        });
    }

    [Fact]
    public async Task Create_MakesAFirstValueForEach()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            int made = 0;
            var local = new CoroutineLocal<int>(() => ++made);
            Assert.Equal(1, local.Value);
            Assert.Equal(1, local.Value);
            Assert.Equal(2, await Coroutine.Spawn(async () => local.Value));
        });
    }

    [Fact]
    public void Value_OutsideOfACoroutine_Throws()
    {
        var local = new CoroutineLocal<int>();
        Assert.Throws<InvalidOperationException>(() => local.Value);
        Assert.Throws<InvalidOperationException>(() => local.Value = 1);
    }

    [Fact]
    public async Task Value_ItsCoroutineHasEnded_IsGoneAlthoughBothAreHeld()
    {
        await using var host = new TestHub();
        var local = new CoroutineLocal<object>();
        Coroutine? ended = null;
        WeakReference? value = null;
        await host.RunAsync(async () =>
        {
            ended = Coroutine.Spawn(async () => value = Store(local));
            await ended;
        });
        GC.Collect();
        Assert.False(value!.IsAlive);
        GC.KeepAlive(local);
        GC.KeepAlive(ended);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Store(CoroutineLocal<object> local)
    {
        local.Value = new object();
        return new WeakReference(local.Value);
    }
}
