using System.Collections.Concurrent;

namespace AsyncServer.Bench;

/// <summary>Keep-alive connections to a server that ask once each and then stay open, doing nothing.</summary>
internal sealed class OpenConnections(ServerProcess server, string path) : IDisposable
{
    /// <summary>Connections that open or ask at the same time: enough to reach every hub, few enough for any backlog.</summary>
    public const int Concurrency = 64;

    /// <summary>Descriptors that a process needs beside its connections.</summary>
    private const int DescriptorReserve = 500;

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
                throw new SetupException($"{process} may open {limit} descriptors, {connections} connections need {connections + DescriptorReserve}: raise ulimit -n");
        }
    }

    /// <summary>Requests over connections that are closed again.</summary>
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
    }

    /// <summary>Opens more until there are so many.</summary>
    public Task OpenUntilAsync(int count, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        return Parallel.ForAsync(_open.Count, count, options, async (_, cancelled) =>
        {
            var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancelled);
            _open.Add(connection);
            await AskAsync(connection, cancelled);
        });
    }

    public void Dispose()
    {
        foreach (var connection in _open)
            connection.Dispose();
    }

    private async Task AskAsync(ClientConnection connection, CancellationToken cancellation)
    {
        var answer = await connection.AskAsync(_request, cancellation);
        if (answer.Status != 200)
            throw new SetupException($"{server.Name} answers {path} with status {answer.Status}");
    }
}
