namespace AsyncServer.Runtime;

/// <summary>
/// No list for the kernel: every socket is tried in turn, with a system call each, over and over. When a sweep has found nothing the thread
/// pauses, 1 ms at first and longer the longer nothing happens, so that an idle server does not keep a processor busy for ever.
/// </summary>
public sealed class SweepPoller : IPoller
{
    private const int InitialCapacity = 64;
    private const int ShortestPause = 1;

    // As late as a client may be noticed after an idle time.
    private const int LongestPause = 16;

    private readonly WakeDescriptor _wake = new();
    private readonly PollSet _set = new(InitialCapacity);
    private int _next = 1;
    private int _pause = ShortestPause;

    /// <summary>Opens an eventfd that ends a pause.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused, for instance because descriptors ran out.</exception>
    public SweepPoller() => _set.WakeDescriptor = _wake.Descriptor;

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
        long until = timeoutMilliseconds < 0 ? long.MaxValue : Environment.TickCount64 + timeoutMilliseconds;
        while (true)
        {
            int found = Sweep(events);
            if (found > 0)
            {
                _pause = ShortestPause;
                return found;
            }
            int left = (int)Math.Clamp(until - Environment.TickCount64, 0, _pause);
            if (_set.PollWake(left) > 0)
            {
                _wake.Drain();
                return 0;
            }
            if (Environment.TickCount64 >= until)
                return 0;
            _pause = Math.Min(_pause * 2, LongestPause);
        }
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Signal();

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private int Sweep(Span<PollEvent> events)
    {
        int found = 0;
        for (int tries = _set.End - 1; tries > 0 && found < events.Length; tries--, _next++)
        {
            if (_next >= _set.End)
                _next = 1;
            if (_set.Try(_next) > 0)
            {
                var what = _set.Read(_next, out long token);
                events[found++] = new PollEvent(token, what);
            }
        }
        return found;
    }
}
