namespace AsyncServer.Http;

/// <summary>
/// How a server drives its connections. The same HTTP code runs in all of them; docs/models.md tells what each can and cannot do.
/// </summary>
public enum ServerModel
{
    /// <summary>A coroutine for each connection on hubs, one for each processor, over epoll.</summary>
    Coroutine,

    /// <summary>One hub over epoll.</summary>
    Epoll,

    /// <summary>One hub over poll(2).</summary>
    Poll,

    /// <summary>One hub over select(2), which cannot watch more than 1,024 descriptors.</summary>
    Select,

    /// <summary>One thread that tries all sockets in turn.</summary>
    Sweep,

    /// <summary>A thread for each connection.</summary>
    Threads,

    /// <summary>One connection after the other.</summary>
    Sequential,

    /// <summary>A process for each connection; a program's own, through <see cref="HttpServerOptions.TakeConnection"/>.</summary>
    Processes,
}
