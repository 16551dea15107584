namespace AsyncServer.Runtime;

/// <summary>Something in a hub's table: a connection or a listener. Called on the hub's thread, outside of any coroutine.</summary>
internal interface IHubEntry
{
    /// <summary>Whether it is idle and may end when descriptors run short.</summary>
    bool IsIdle => false;

    /// <summary>When its deadline passes, by the hub's clock.</summary>
    long Due => EntryTable.NoDeadline;

    void OnReady(PollEvents events);

    void OnDeadline();

    /// <summary>The hub drains: accept nothing new, end what is idle.</summary>
    void OnDrain();

    /// <summary>The hub hands over: accept nothing new; the next answer of each connection is its last.</summary>
    void OnHandOver();

    /// <summary>The hub stops now: end every wait, take the connection down.</summary>
    void OnStop();
}
