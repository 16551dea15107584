using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>Looks at the server's memory and descriptors once a second, from a thread that no client shares.</summary>
internal sealed class ServerSampler : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly List<ServerSample> _samples = [];
    private readonly CoroutineGroup _sampling = new();

    /// <param name="server">Null for one whose process is not ours: then there are no samples.</param>
    /// <param name="time">The clock.</param>
    public ServerSampler(ServerProcess? server, TimeProvider time)
    {
        if (server is not null)
            _sampling.Spawn(() => SampleAsync(server, time));
    }

    public IReadOnlyList<ServerSample> Samples => _samples;

    public async ValueTask DisposeAsync() => await _sampling.DisposeAsync();

    private async Task SampleAsync(ServerProcess server, TimeProvider time)
    {
        for (long started = time.GetTimestamp(); !server.HasExited;)
        {
            var (resident, descriptors) = await Hub.RunBlockingAsync(() => (server.ResidentBytes, server.DescriptorCount));
            _samples.Add(new ServerSample(time.GetElapsedTime(started), resident, descriptors));
            await Coroutine.Sleep(Interval);
        }
    }
}
