using System.Net;

namespace AsyncServer.Load;

/// <summary>All client processes of a level: they share its connections evenly.</summary>
internal sealed class ClientFleet : IAsyncDisposable
{
    // A local address has some 28,000 ports for a server; looking for a free one becomes slow long before they are used up.
    private const int ConnectionsPerSource = 5000;

    private readonly IReadOnlyList<ClientProcess> _clients;

    private ClientFleet(IReadOnlyList<ClientProcess> clients) => _clients = clients;

    /// <param name="server">Whom they ask.</param>
    /// <param name="path">For what.</param>
    /// <param name="body">The body of the right answer.</param>
    /// <param name="clients">How many there are.</param>
    /// <param name="connections">How many all of them together may open.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system has no room for so many.</exception>
    public static async Task<ClientFleet> StartAsync(IPEndPoint server, string path, byte[] body, int clients, int connections)
    {
        int sources = SourcesOf(clients, connections);
        var started = new List<ClientProcess>();
        var fleet = new ClientFleet(started);
        try
        {
            for (int first = 0; first < clients * sources; first += sources)
                started.Add(ClientProcess.Start(new ClientPlan
                {
                    Server = $"{server}",
                    Sources = [.. Enumerable.Range(first, sources).Select(Source)],
                    Path = path,
                    Body = body,
                }));
            return fleet;
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    /// <summary>Local addresses for each client.</summary>
    public static int SourcesOf(int clients, int connections) => 1 + (connections / clients - 1) / ConnectionsPerSource;

    /// <summary>The local address of a number: 127.0.1.1, 127.0.1.2 and so on.</summary>
    public static string Source(int number) => $"127.0.{1 + number / 250}.{1 + number % 250}";

    /// <summary>Has all of them do a phase, each its share.</summary>
    /// <param name="order">The whole of it.</param>
    /// <param name="progress">Hears what all of them together have reached; called by one thread at a time.</param>
    public async Task<PhaseTally> RunAsync(ClientOrder order, Action<PhaseTally> progress)
    {
        var latest = new PhaseTally[_clients.Count];
        var counts = Shares(order.Count, _clients.Count);
        var windows = Shares(order.Window, _clients.Count);
        await Task.WhenAll(_clients.Select((client, index) => client.RunAsync(
            order with
            {
                Count = counts[index],
                Window = Math.Max(1, windows[index]),
                Rate = order.Rate * counts[index] / Math.Max(1, order.Count)
            },
            tally =>
            {
                lock (latest)
                {
                    latest[index] = tally;
                    progress(Total(latest));
                }
            })));
        return Total(latest);
    }

    /// <summary>Has the present phase end with what it has.</summary>
    public void Stop()
    {
        foreach (var client in _clients)
            client.Stop();
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_clients.Select(client => client.DisposeAsync().AsTask()));

    /// <summary>A number in so many parts that differ by one at most.</summary>
    public static int[] Shares(int whole, int parts) =>
        [.. Enumerable.Range(0, parts).Select(index => (int)(((long)whole * (index + 1) / parts) - ((long)whole * index / parts)))];

    private static PhaseTally Total(PhaseTally?[] parts)
    {
        var total = new PhaseTally();
        foreach (var part in parts.OfType<PhaseTally>())
            total.Merge(part);
        return total;
    }
}
