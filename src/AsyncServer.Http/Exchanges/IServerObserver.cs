using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Hears what happens to connections and requests: of each when it starts, and once how it ended. Each hub has observers of its own, called
/// on its thread, which they must not hold up; an app that outlives its hub ends on the thread pool, and so may the news of its request.
/// </summary>
internal interface IServerObserver
{
    /// <summary>A connection was accepted.</summary>
    void ConnectionStarted(Connection connection) { }

    /// <summary>A connection has ended.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="requests">How many requests it has brought.</param>
    void ConnectionEnded(Connection connection, int requests) { }

    /// <summary>The head of a request is there, and its app starts.</summary>
    void RequestStarted(Exchange exchange) { }

    /// <summary>A request has ended, or a message that never became one.</summary>
    /// <param name="exchange">The request; its head is not reset yet.</param>
    /// <param name="outcome">How it ended.</param>
    void RequestEnded(Exchange exchange, in RequestOutcome outcome);
}
