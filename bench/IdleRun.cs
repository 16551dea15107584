using System.Collections.Concurrent;

namespace AsyncServer.Bench;

/// <summary>
/// Resident memory that an idle keep-alive connection costs: the slope between two numbers of open connections, so that
/// what the process needs anyway drops out.
/// </summary>
internal sealed class IdleRun(Report report, TimeProvider time)
{
    /// <summary>Connections that open or ask at the same time: enough to reach every hub, few enough for any backlog.</summary>
    private const int Concurrency = 64;

    /// <summary>Descriptors that a process needs beside its connections.</summary>
    private const int DescriptorReserve = 500;

    private readonly ConcurrentBag<ClientConnection> _open = [];

    public required int From { get; init; }
    public required int To { get; init; }
    public required int WarmUpRequests { get; init; }
    public required TimeSpan Settle { get; init; }
    public required string Path { get; init; }

    /// <summary>Returns false when the server closed connections meanwhile: the slope then is not to be used.</summary>
    public async Task<bool> RunAsync(ServerCommand command, CancellationToken cancellation)
    {
        await using var server = await ServerProcess.StartAsync(command, cancellation);
        RequireDescriptors("this program", ProcessFacts.DescriptorLimit(Environment.ProcessId));
        RequireDescriptors(server.Name, server.DescriptorLimit);
        try
        {
            await WarmUpAsync(server, cancellation);
            long start = server.ResidentBytes;
            long low = await OpenUntilAsync(From, server, cancellation);
            long high = await OpenUntilAsync(To, server, cancellation);
            int closed = _open.Count(connection => !connection.IsIdle);

            report.Line($"- load: {WarmUpRequests} requests over {Concurrency} connections, closed; then each connection asks GET {Path} once and stays open");
            report.Table(
                ["open connections", $"{server.Name}, resident KB"],
                [[$"0", $"{start / 1024}"], [$"{From}", $"{low / 1024}"], [$"{To}", $"{high / 1024}"]]);
            report.Line($"memory per idle connection: **{(high - low) / (double)(To - From):F0} bytes**");
            if (closed > 0)
                report.Line($"{closed} connections were closed by {server.Name} before the end: the slope is wrong");
            return closed == 0;
        }
        finally
        {
            foreach (var connection in _open)
                connection.Dispose();
        }
    }

    private void RequireDescriptors(string process, long limit)
    {
        if (limit < To + DescriptorReserve)
            throw new SetupException($"{process} may open {limit} descriptors, {To} connections need {To + DescriptorReserve}: raise ulimit -n");
    }

    private async Task WarmUpAsync(ServerProcess server, CancellationToken cancellation)
    {
        byte[] request = ClientConnection.Get(server.EndPoint, Path);
        int left = WarmUpRequests;
        // All are connected before the first asks, so that they are spread over the hubs.
        var connections = await Task.WhenAll(
            Enumerable.Range(0, Concurrency).Select(_ => ClientConnection.ConnectAsync(server.EndPoint, cancellation)));
        await Task.WhenAll(connections.Select(async connection =>
        {
            using (connection)
                while (Interlocked.Decrement(ref left) >= 0)
                    await AskAsync(connection, request, cancellation);
        }));
    }

    /// <summary>Returns the server's resident bytes with that many connections open and everything quiet.</summary>
    private async Task<long> OpenUntilAsync(int count, ServerProcess server, CancellationToken cancellation)
    {
        byte[] request = ClientConnection.Get(server.EndPoint, Path);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = cancellation };
        await Parallel.ForAsync(_open.Count, count, options, async (_, cancelled) =>
        {
            var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancelled);
            _open.Add(connection);
            await AskAsync(connection, request, cancelled);
        });
        await Task.Delay(Settle, time, cancellation);
        return server.ResidentBytes;
    }

    private async Task AskAsync(ClientConnection connection, byte[] request, CancellationToken cancellation)
    {
        var answer = await connection.AskAsync(request, cancellation);
        if (answer.Status != 200)
            throw new SetupException($"{Path} is answered with status {answer.Status}");
    }
}
