using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Connections beyond the cap that are told so: 503 with Retry-After, whatever they ask, and the end.</summary>
internal sealed class RefusedConnections(Overload overload, int mostThatWait)
{
    // Each waits up to 2 s for its client's FIN, so that the answer arrives. It holds a descriptor and some memory meanwhile, of which a
    // flood must not take any number: as many wait as a whole backlog can bring at once. Those beyond end at once, and a client that sends
    // after that may lose the answer.
    private const int Most = SocketListener.DefaultBacklog;

    // Where each has a thread.
    private const int MostThreads = 256;

    private int _waiting;

    /// <summary>How many may wait: not more than half of the descriptors that those who are served leave.</summary>
    internal static int HowManyMayWait(int descriptorLimit, int maxConnections, bool haveThreads) =>
        Math.Clamp((descriptorLimit - maxConnections) / 2, 0, haveThreads ? MostThreads : Most);

    internal async Task ServeAsync(Connection connection, Http1Context context)
    {
        overload.Note();
        var exchange = context.Rent(connection);
        ErrorAnswer.Write(exchange, 503, context.Lines, $"Retry-After: {Overload.RetryAfter}\r\n");
        exchange.Output.TryFlush(connection); // a new connection takes so little at once
        context.Return(exchange);
        try
        {
            if (Interlocked.Increment(ref _waiting) <= mostThatWait)
                await Lingering.RunAsync(connection);
            else
                Lingering.RunAtOnce(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
            connection.Close();
        }
    }
}
