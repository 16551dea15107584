using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime.Coroutines;

/// <summary>What a coroutine costs in memory. Each loop is one method: what the compiler makes for it is not counted.</summary>
public sealed class SpawnCostTests
{
    private const int Rounds = 1000;

    [Fact]
    public void SpawnAndAwait_AllocatesAtMost300Bytes() => Assert.InRange(BytesARound(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Coroutine.Spawn(static () => Task.CompletedTask);
    }), 1, 300);

    [Fact]
    public void SpawnAndJoin_AllocatesAtMost300Bytes() => Assert.InRange(BytesARound(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Coroutine.Spawn(static () => Task.CompletedTask).JoinAsync();
    }), 1, 300);

    [Fact]
    public void Yield_AllocatesNothing() => Assert.Equal(0, BytesARound(static async () =>
    {
        for (int i = 0; i < Rounds; i++)
            await Coroutine.Yield();
    }));

    private static long BytesARound(Func<Task> rounds) => Hub.Run(async () =>
    {
        await rounds(); // code is compiled, queues have grown
        long before = GC.GetAllocatedBytesForCurrentThread();
        await rounds();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / Rounds;
    });
}
