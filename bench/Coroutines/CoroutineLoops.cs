using AsyncServer.Runtime;

namespace AsyncServer.Bench;

/// <summary>
/// What is measured of coroutines, each so many times. Spawned functions end at once: what is left is the spawn's own cost.
/// </summary>
internal static class CoroutineLoops
{
    /// <summary>How many <see cref="SpawnManyAsync"/> starts before it waits.</summary>
    public const int Batch = 1000;

    public static async Task SpawnAndAwaitAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await Coroutine.Spawn(static () => Task.CompletedTask);
    }

    public static async Task SpawnAndJoinAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await Coroutine.Spawn(static () => Task.CompletedTask).JoinAsync();
    }

    public static async Task SpawnManyAsync(int count)
    {
        var coroutines = new Coroutine[Batch];
        for (int i = 0; i < count / Batch; i++)
        {
            for (int j = 0; j < Batch; j++)
                coroutines[j] = Coroutine.Spawn(static () => Task.CompletedTask);
            await Coroutine.JoinAllAsync(coroutines);
        }
    }

    public static async Task YieldAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await Coroutine.Yield();
    }
}
