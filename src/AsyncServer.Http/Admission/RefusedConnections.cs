using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Connections beyond the cap that are told so: 503 with Retry-After, whatever they ask, and the end.</summary>
internal sealed class RefusedConnections(Overload overload)
{
    // Each waits up to 2 s for its client's FIN, so that the answer arrives. Beyond so many at a time they end at once, and a client that sends after that may lose it.
    private const int MostThatWait = 256;

    private int _waiting;

    internal async Task ServeAsync(Connection connection, HubContext context)
    {
        overload.Note();
        var exchange = context.Rent(connection);
        ErrorAnswer.Write(exchange, 503, context.Lines, $"Retry-After: {Overload.RetryAfter}\r\n");
        exchange.Output.TryFlush(connection); // a new connection takes so little at once
        context.Return(exchange);
        try
        {
            if (Interlocked.Increment(ref _waiting) <= MostThatWait)
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
