namespace AsyncServer.Runtime;

/// <summary>Something that a hub calls at a time. Called on its thread, outside of any coroutine.</summary>
internal interface IAlarm
{
    /// <summary>Whether nobody cares any more.</summary>
    bool IsOff { get; }

    void OnDue();

    /// <summary>The hub stops; the time will not come.</summary>
    void OnStop();
}
