using System.Collections.Concurrent;

namespace AsyncServer.Bench;

/// <summary>Keep-alive connections to a server that ask once each and then stay open, doing nothing.</summary>
internal sealed class OpenConnections(ServerProcess server, string path) : IDisposable
{
    /// <summary>Connections that open or ask at the same time: enough to reach every hub, few enough for any backlog.</summary>
    public const int Concurrency = 64;

    /// <summary>Descriptors that a process needs beside its connections.</summary>
    private const int DescriptorReserve = 500;

    /// <summary>
    /// Connections before the first reading that are closed again at once: the way from the accept to the close has its last code then.
    /// </summary>
    public const int WarmUpConnections = 10_000;

    /// <summary>Memory that differs by so little is the same: a method is compiled now and then.</summary>
    private const long Same = 128 * 1024;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(0.5);

    /// <summary>A server that has not come to rest so long after the quiet that is asked for is read all the same.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentBag<ClientConnection> _open = [];
    private readonly byte[] _request = ClientConnection.Get(server.EndPoint, path);

    /// <summary>How many the server has closed, or has sent something that nobody asked for.</summary>
    public int ClosedCount => _open.Count(connection => !connection.IsIdle);

    /// <exception cref="SetupException">This program or the server may not open so many.</exception>
    public void RequireDescriptors(int connections)
    {
        Require("this program", ProcessFacts.DescriptorLimit(Environment.ProcessId));
        Require(server.Name, server.DescriptorLimit);

        void Require(string process, long limit)
        {
            if (limit < connections + DescriptorReserve)
                throw new SetupException(
                    $"{process} may open {limit} descriptors, {connections} connections need {connections + DescriptorReserve}: raise "
                    + "ulimit -n");
        }
    }

    /// <summary>Requests over a few connections, then connections with one each; all are closed again.</summary>
    public async Task WarmUpAsync(int requests, CancellationToken cancellation)
    {
        int left = requests;
        // All are connected before the first asks, so that they are spread over the hubs.
        var connections = await Task.WhenAll(
            Enumerable.Range(0, Concurrency).Select(_ => ClientConnection.ConnectAsync(server.EndPoint, cancellation)));
        await Task.WhenAll(connections.Select(async connection =>
        {
            using (connection)
                while (Interlocked.Decrement(ref left) >= 0)
                    await AskAsync(connection, cancellation);
        }));
        await Parallel.ForAsync(0, WarmUpConnections, Concurrently(cancellation), async (_, cancelled) =>
        {
            using var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancelled);
            await AskAsync(connection, cancelled);
        });
    }

    /// <summary>
    /// Opens more until there are so many, and reads the server's resident bytes when they have stayed the same for a while.
    /// </summary>
    public async Task<long> ResidentWithAsync(int count, TimeSpan quiet, TimeProvider time, CancellationToken cancellation)
    {
        await Parallel.ForAsync(_open.Count, count, Concurrently(cancellation), async (_, cancelled) =>
        {
            var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancelled);
            _open.Add(connection);
            await AskAsync(connection, cancelled);
        });
        long begin = time.GetTimestamp();
        var (resident, since) = (server.ResidentBytes, begin);
        while (time.GetElapsedTime(since) < quiet && time.GetElapsedTime(begin) < quiet + Patience)
        {
            await Task.Delay(LookInterval, time, cancellation);
            long now = server.ResidentBytes;
            if (Math.Abs(now - resident) > Same)
                (resident, since) = (now, time.GetTimestamp());
        }
        return server.ResidentBytes;
    }

    public void Dispose()
    {
        foreach (var connection in _open)
            connection.Dispose();
    }

    private static ParallelOptions Concurrently(CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };

    private async Task AskAsync(ClientConnection connection, CancellationToken cancellation)
    {
        var answer = await connection.AskAsync(_request, cancellation);
        if (answer.Status != 200)
            throw new SetupException($"{server.Name} answers {path} with status {answer.Status}");
    }
}
