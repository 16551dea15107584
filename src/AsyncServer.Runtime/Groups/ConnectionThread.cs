namespace AsyncServer.Runtime;

/// <summary>The thread of one connection: a hub that only has that connection, and what it sleeps in.</summary>
internal sealed record ConnectionThread(Hub Hub, ConnectionPoller Poller);
