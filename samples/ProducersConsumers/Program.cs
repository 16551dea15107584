// Some coroutines make things, others use them up, with a queue between them that holds few at a time.
//     dotnet run -c Release --project samples/ProducersConsumers
using System.Threading.Channels;
using AsyncServer.Runtime;
using AsyncServer.Samples.ProducersConsumers;

Hub.Run(async () =>
{
    Console.WriteLine($"JoinableQueue: {await WithJoinableQueueAsync()}");
    Console.WriteLine($"Channel: {await WithChannelAsync()}");
    Console.WriteLine($"AsyncProducerConsumerQueue: {await AsyncExQueue.RunAsync()}");
});

// On one hub. The queue knows when all that was put into it is done; the consumers, which never end by themselves, are killed then.
static async Task<int> WithJoinableQueueAsync()
{
    int sum = 0;
    var queue = new JoinableQueue<int>(maxSize: 4);
    await using var consumers = new CoroutineGroup();
    for (int i = 0; i < 3; i++)
        _ = consumers.Spawn(async () =>
        {
            await foreach (int number in queue)
            {
                await Coroutine.Yield(); // the work
                sum += number;
                queue.TaskDone();
            }
        });
    for (int number = 1; number <= 100; number++)
        await queue.PutAsync(number); // waits while the queue is full
    await queue.JoinAsync();
    return sum;
}

// Of the base class library; also between hubs and threads. The consumers end when the producer has closed the channel.
static async Task<int> WithChannelAsync()
{
    var channel = Channel.CreateBounded<int>(4);
    var consumers = Enumerable.Range(0, 3).Select(_ => Coroutine.Spawn(async () => await channel.Reader.ReadAllAsync().SumAsync()))
        .ToList();
    for (int number = 1; number <= 100; number++)
        await channel.Writer.WriteAsync(number);
    channel.Writer.Complete();
    return (await Task.WhenAll(consumers.Select(consumer => consumer.AsTask()))).Sum();
}
