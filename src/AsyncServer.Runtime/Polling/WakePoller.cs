namespace AsyncServer.Runtime;

/// <summary>
/// Waits for its wake alone: connections of <see cref="TransportKind.Sockets"/> report their readiness themselves. It works on every
/// system.
/// </summary>
internal sealed class WakePoller : IPoller
{
    private readonly object _gate = new();
    private bool _isWoken;

    public bool IsEdgeTriggered => true;

    public void Add(int descriptor, long token) => throw WatchesNothing();

    public void Arm(int descriptor, long token, PollEvents interest) => throw WatchesNothing();

    public void Disarm(int descriptor, long token, PollEvents interest) => throw WatchesNothing();

    public void Remove(int descriptor) => throw WatchesNothing();

    public int Wait(Span<PollEvent> events, int timeoutMilliseconds)
    {
        lock (_gate)
        {
            if (!_isWoken && timeoutMilliseconds != 0)
                Monitor.Wait(_gate, timeoutMilliseconds);
            _isWoken = false;
        }
        return 0;
    }

    public void Wake()
    {
        lock (_gate)
        {
            _isWoken = true;
            Monitor.Pulse(_gate);
        }
    }

    public void Dispose() { }

    private static NotSupportedException WatchesNothing() => new("A hub of TransportKind.Sockets watches no descriptors.");
}
