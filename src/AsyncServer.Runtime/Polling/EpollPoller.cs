namespace AsyncServer.Runtime;

/// <summary>
/// epoll. Edge-triggered: one <c>epoll_ctl</c> in a connection's life, no call to arm or disarm. What it owes to that is that
/// a connection remembers its readiness until a receive or send says "would block". Level-triggered: a call whenever what is armed changes.
/// </summary>
public sealed class EpollPoller : IPoller
{
    // With 64 busy connections one wait seldom reports more than 40; 256 records are 3 KB.
    private const int Batch = 256;
    private const long WakeToken = -1;
    private const uint Interest = Epoll.In | Epoll.Out | Epoll.ReadHangUp | Epoll.EdgeTriggered;

    private readonly Epoll _epoll = new(Batch);
    private readonly WakeDescriptor _wake;

    // By descriptor, where it is level-triggered.
    private PollEvents[] _armed = [];

    /// <summary>Opens an epoll instance and an eventfd for waking it.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused, for instance because descriptors ran out.</exception>
    public EpollPoller(EpollTrigger trigger = EpollTrigger.Edge)
    {
        IsEdgeTriggered = trigger == EpollTrigger.Edge;
        try
        {
            _wake = new WakeDescriptor();
            _epoll.Control(Epoll.Add, _wake.Descriptor, Epoll.In | Epoll.EdgeTriggered, WakeToken);
        }
        catch
        {
            _epoll.Dispose();
            _wake?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsEdgeTriggered { get; }

    /// <inheritdoc/>
    public void Add(int descriptor, long token)
    {
        _epoll.Control(Epoll.Add, descriptor, IsEdgeTriggered ? Interest : 0, token);
        if (IsEdgeTriggered)
            return;
        if (descriptor >= _armed.Length)
            Array.Resize(ref _armed, Math.Max(descriptor + 1, _armed.Length * 2));
        _armed[descriptor] = PollEvents.None;
    }

    /// <inheritdoc/>
    public void Arm(int descriptor, long token, PollEvents interest)
    {
        if (!IsEdgeTriggered)
            Change(descriptor, token, _armed[descriptor] | interest);
    }

    /// <inheritdoc/>
    public void Disarm(int descriptor, long token, PollEvents interest)
    {
        if (!IsEdgeTriggered)
            Change(descriptor, token, _armed[descriptor] & ~interest);
    }

    /// <inheritdoc/>
    public void Remove(int descriptor) => _epoll.Control(Epoll.Delete, descriptor, 0, 0);

    /// <inheritdoc/>
    /// <remarks>Nothing to do: the kernel forgets a descriptor when it is closed, and a late event's token no longer matches.</remarks>
    public void Closing(int descriptor) { }

    /// <inheritdoc/>
    public int Wait(Span<PollEvent> events, int timeoutMilliseconds)
    {
        int count = _epoll.Wait(events.Length, timeoutMilliseconds);
        int reported = 0;
        for (int i = 0; i < count; i++)
        {
            uint native = _epoll.Read(i, out long token);
            if (token != WakeToken)
                events[reported++] = new PollEvent(token, Translate(native));
        }
        return reported;
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Signal();

    /// <inheritdoc/>
    public void Dispose()
    {
        _epoll.Dispose();
        _wake.Dispose();
    }

    private void Change(int descriptor, long token, PollEvents armed)
    {
        if (_armed[descriptor] == armed)
            return;
        uint native = 0;
        if ((armed & PollEvents.Readable) != 0)
            native |= Epoll.In | Epoll.ReadHangUp;
        if ((armed & PollEvents.Writable) != 0)
            native |= Epoll.Out;
        _epoll.Control(Epoll.Modify, descriptor, native, token);
        _armed[descriptor] = armed;
    }

    private static PollEvents Translate(uint native)
    {
        var events = PollEvents.None;
        if ((native & Epoll.In) != 0)
            events |= PollEvents.Readable;
        if ((native & Epoll.Out) != 0)
            events |= PollEvents.Writable;
        if ((native & Epoll.ReadHangUp) != 0)
            events |= PollEvents.PeerClosed;
        if ((native & (Epoll.Error | Epoll.HangUp)) != 0)
            events |= PollEvents.Broken;
        return events;
    }
}
