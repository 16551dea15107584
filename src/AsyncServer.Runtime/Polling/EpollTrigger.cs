namespace AsyncServer.Runtime;

/// <summary>When epoll reports a descriptor.</summary>
public enum EpollTrigger
{
    /// <summary>Once for each change (EPOLLET): whoever misses it is not told again.</summary>
    Edge,

    /// <summary>As long as it holds, to those who wait for it: a call to arm and one to disarm for each wait that finds nothing.</summary>
    Level,
}
