namespace AsyncServer.Runtime;

/// <summary>A listener of a server with what becomes of its connections. It never changes, so any thread may use it.</summary>
/// <param name="Index">
/// Its position among the server's listeners, or <see cref="AcceptedSocket.UnknownListener"/> for an address that was taken on later.
/// </param>
/// <param name="Options">Its options.</param>
/// <param name="Serve">Its middleware and then its protocol.</param>
/// <param name="ServeCounted">The same for a connection that the server counts, or holds a permit for.</param>
/// <param name="Refuse">Its middleware and then the refusal; null where connections beyond the limit wait.</param>
internal sealed record ServedListener(
    int Index, ListenOptions Options, Func<Connection, Task> Serve, Func<Connection, Task> ServeCounted, Func<Connection, Task>? Refuse)
{
    // The one place where a connection's way is put together: middleware, then the protocol. What is counted is counted around both.
    internal static ServedListener Make(ConnectionServer server, ConnectionServerOptions options, ListenOptions listen, int index)
    {
        var serve = listen.Chain(options.Protocol(listen));
        var counted = server.Lost is { } leave ? connection => CountAsync(connection, serve, leave) : serve;
        var refuse = options.Refusal is { } refusal ? listen.Chain(refusal(listen)) : null;
        if (refuse is { } uncounted && server.RefusalLost is { } leaveRefused)
            refuse = connection => CountAsync(connection, uncounted, leaveRefused);
        return new ServedListener(index, listen, serve, counted, refuse);
    }

    private static async Task CountAsync(Connection connection, Func<Connection, Task> serve, Action leave)
    {
        try { await serve(connection); }
        finally { leave(); }
    }
}
