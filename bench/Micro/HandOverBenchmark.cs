using System.Threading.Channels;
using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Items go from one to another through a queue of one place: a round is one item.</summary>
public class HandOverBenchmark : HubBenchmark
{
    /// <summary>A channel on the pool.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task ChannelOnPool() => OnPool(static async () =>
    {
        var channel = Channel.CreateBounded<int>(1);
        var writer = Task.Run(() => WriteAsync(channel.Writer));
        await ReadAsync(channel.Reader);
        await writer;
    });

    /// <summary>A channel on a hub.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task ChannelOnHub() => OnHub(static async () =>
    {
        var channel = Channel.CreateBounded<int>(1);
        var writer = Coroutine.Spawn(() => WriteAsync(channel.Writer));
        await ReadAsync(channel.Reader);
        await writer;
    });

    /// <summary>A <c>JoinableQueue</c>.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task QueueOnHub() => OnHub(static async () =>
    {
        var queue = new JoinableQueue<int>(1);
        var writer = Coroutine.Spawn(async () =>
        {
            for (int i = 0; i < Rounds; i++)
                await queue.PutAsync(i);
        });
        for (int i = 0; i < Rounds; i++)
            await queue.GetAsync();
        await writer;
    });

    private static async Task WriteAsync(ChannelWriter<int> writer)
    {
        for (int i = 0; i < Rounds; i++)
            await writer.WriteAsync(i);
    }

    private static async Task ReadAsync(ChannelReader<int> reader)
    {
        for (int i = 0; i < Rounds; i++)
            await reader.ReadAsync();
    }
}
