using AsyncServer.Runtime;
using Nito.AsyncEx;

namespace AsyncServer.Samples.ProducersConsumers;

// The queue of a library that knows nothing of hubs: each wait comes back to its coroutine all the same.
internal static class AsyncExQueue
{
    internal static async Task<int> RunAsync()
    {
        var queue = new AsyncProducerConsumerQueue<int>(4);
        var consumer = Coroutine.Spawn(async () =>
        {
            int sum = 0;
            for (int i = 0; i < 100; i++)
                sum += await queue.DequeueAsync();
            return sum;
        });
        await using var producers = new CoroutineGroup();
        foreach (int start in (int[])[1, 51])
            _ = producers.Spawn(async () =>
            {
                for (int number = start; number < start + 50; number++)
                    await queue.EnqueueAsync(number);
            });
        return await consumer;
    }
}
