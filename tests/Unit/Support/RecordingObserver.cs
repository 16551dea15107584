using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Support;

/// <summary>Remembers what a server of one hub tells.</summary>
internal sealed class RecordingObserver : IServerObserver
{
    internal int StartedConnections { get; private set; }

    internal List<int> EndedConnections { get; } = [];

    internal int StartedRequests { get; private set; }

    internal List<RequestOutcome> Outcomes { get; } = [];

    /// <summary>Thrown when a request starts: a bug of the server itself.</summary>
    internal Exception? Bug { get; set; }

    public void ConnectionStarted(Connection connection) => StartedConnections++;

    public void ConnectionEnded(Connection connection, int requests) => EndedConnections.Add(requests);

    public void RequestStarted(Exchange exchange)
    {
        StartedRequests++;
        if (Bug is not null)
            throw Bug;
    }

    public void RequestEnded(Exchange exchange, in RequestOutcome outcome) => Outcomes.Add(outcome);
}
