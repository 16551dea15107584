using System.Net;
using System.Threading.Channels;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>
/// A fixed number of keep-alive clients on one hub, which take turns: who has waited longest asks next. When all of them wait for
/// answers, a request waits for a client, and that wait belongs to its latency.
/// </summary>
internal sealed class ClientPool : IDisposable
{
    /// <summary>So many connect side by side: the backlog of no server is smaller.</summary>
    private const int Openers = 64;

    private readonly Channel<LoadClient> _waiting = Channel.CreateUnbounded<LoadClient>();
    private readonly LoadClient[] _clients;

    public ClientPool(IPEndPoint server, int count)
    {
        Server = server;
        _clients = [.. Enumerable.Range(0, count).Select(_ => new LoadClient(server))];
        foreach (var client in _clients)
            _waiting.Writer.TryWrite(client);
    }

    public IPEndPoint Server { get; }

    public int Count => _clients.Length;

    /// <summary>Has one client send requests and check the answers.</summary>
    /// <inheritdoc cref="LoadClient.AskAsync(ReadOnlyMemory{byte}, Expected[])"/>
    public Task<long> AskAsync(ReadOnlyMemory<byte> requests, params Expected[] answers) =>
        UseAsync(client => client.AskAsync(requests, answers));

    /// <summary>Has one client do something; it waits again afterwards, connected or not.</summary>
    public async Task<long> UseAsync(Func<LoadClient, Task<long>> use)
    {
        // The token ends the wait when the coroutine is killed: a channel's wait is none of the hub's.
        if (!_waiting.Reader.TryRead(out var client))
            client = await _waiting.Reader.ReadAsync(Coroutine.Current!.CancellationToken);
        try
        {
            return await use(client);
        }
        finally
        {
            _waiting.Writer.TryWrite(client);
        }
    }

    /// <summary>Has every client ask once, connecting first where it has to.</summary>
    public async Task AskAllAsync(ReadOnlyMemory<byte> request, Expected answer, Tally tally, CancellationToken cancellation)
    {
        await using var openers = new CoroutinePool(Openers);
        foreach (var client in _clients)
        {
            cancellation.ThrowIfCancellationRequested();
            await openers.SpawnAsync(async () =>
            {
                try
                {
                    await client.AskAsync(request, answer);
                    tally.CountAnswer();
                }
                catch (Exception failure) when (Traffic.IsFailedAnswer(failure))
                {
                    tally.CountErrors(failure.Message);
                }
            });
        }
        await openers.JoinAsync();
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }
}
