namespace AsyncServer.Runtime;

/// <summary>
/// Tells a hub which descriptors are ready. Implementations are the rungs of the ladder of server models. All members but
/// <see cref="Wake"/> are called by the hub's thread alone.
/// </summary>
public interface IPoller : IDisposable
{
    /// <summary>
    /// Whether each change of readiness is reported once, without asking. The hub then never calls <see cref="Arm"/> and
    /// <see cref="Disarm"/>.
    /// </summary>
    bool IsEdgeTriggered { get; }

    /// <summary>The first descriptor that is too high for it to be watched.</summary>
    int DescriptorCap => int.MaxValue;

    /// <summary>Starts to watch a descriptor.</summary>
    /// <param name="descriptor">An open, non-blocking descriptor.</param>
    /// <param name="token">What events about it carry.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused; the descriptor is not watched.</exception>
    void Add(int descriptor, long token);

    /// <summary>
    /// A coroutine waits for <paramref name="interest"/>, readable or writable: report it as long as it holds. It may be armed
    /// already. <see cref="PollEvents.PeerClosed"/> comes with readable; <see cref="PollEvents.Broken"/> needs no arming where the system
    /// can tell it, and the hub answers it with <see cref="Remove"/>.
    /// </summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused; that connection ends.</exception>
    void Arm(int descriptor, long token, PollEvents interest);

    /// <summary>An event found nobody waiting: stop reporting <paramref name="interest"/> until it is armed again.</summary>
    void Disarm(int descriptor, long token, PollEvents interest);

    /// <summary>Stops watching a descriptor, which stays open.</summary>
    void Remove(int descriptor);

    /// <summary>A descriptor that is watched is about to be closed.</summary>
    void Closing(int descriptor) => Remove(descriptor);

    /// <summary>Waits for events, for <see cref="Wake"/>, or for the time to pass.</summary>
    /// <param name="events">Receives the events.</param>
    /// <param name="timeoutMilliseconds">0 only looks; -1 waits without limit.</param>
    /// <returns>How many events were written, 0 for none.</returns>
    int Wait(Span<PollEvent> events, int timeoutMilliseconds);

    /// <summary>Ends the current wait, or the next one. Any thread may call it, also after the poller was disposed.</summary>
    void Wake();
}
