namespace AsyncServer.Runtime;

/// <summary>
/// poll(2): the whole list goes to the kernel with every call, and is looked through after it. No limit but the time that this takes.
/// </summary>
public sealed class PollPoller : IPoller
{
    private const int InitialCapacity = 64;

    private readonly WakeDescriptor _wake = new();
    private readonly PollSet _set = new(InitialCapacity);

    // Where the next look begins: when more is ready than is asked for, the others come first the next time.
    private int _next = 1;

    /// <summary>Opens an eventfd for waking it.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused, for instance because descriptors ran out.</exception>
    public PollPoller() => _set.WakeDescriptor = _wake.Descriptor;

    /// <inheritdoc/>
    public bool IsEdgeTriggered => false;

    /// <inheritdoc/>
    public void Add(int descriptor, long token) => _set.Add(descriptor, token);

    /// <inheritdoc/>
    public void Arm(int descriptor, long token, PollEvents interest) => _set.Arm(descriptor, interest);

    /// <inheritdoc/>
    public void Disarm(int descriptor, long token, PollEvents interest) => _set.Disarm(descriptor, interest);

    /// <inheritdoc/>
    public void Remove(int descriptor) => _set.Remove(descriptor);

    /// <inheritdoc/>
    public int Wait(Span<PollEvent> events, int timeoutMilliseconds)
    {
        int ready = _set.Poll(timeoutMilliseconds);
        if (_set.IsWoken)
        {
            _wake.Drain();
            ready--;
        }
        return _set.Collect(events, ready, ref _next);
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Signal();

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();
}
