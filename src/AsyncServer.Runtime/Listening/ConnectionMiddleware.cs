namespace AsyncServer.Runtime;

/// <summary>A step between the accept loop and the protocol of a connection. It runs on the connection's hub, as its coroutine.</summary>
/// <param name="connection">The connection, which has just arrived.</param>
/// <param name="next">The rest of the chain. A step that does not call it closes the connection itself.</param>
internal delegate Task ConnectionMiddleware(Connection connection, Func<Connection, Task> next);
