namespace AsyncServer.Bench;

/// <summary>The same as <see cref="CoroutineLoops"/> with tasks of the thread pool.</summary>
internal static class PoolLoops
{
    public static async Task RunAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await Task.Run(static () => Task.CompletedTask);
    }

    public static async Task RunManyAsync(int count)
    {
        var tasks = new Task[CoroutineLoops.Batch];
        for (int i = 0; i < count / CoroutineLoops.Batch; i++)
        {
            for (int j = 0; j < CoroutineLoops.Batch; j++)
                tasks[j] = Task.Run(static () => Task.CompletedTask);
            await Task.WhenAll(tasks);
        }
    }

    public static async Task YieldAsync(int count)
    {
        for (int i = 0; i < count; i++)
            await Task.Yield();
    }
}
