using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>A descriptor of somebody else's that a hub watches for something to read.</summary>
internal sealed class DescriptorWatch : IHubEntry, IDisposable
{
    private readonly Hub _hub;
    private readonly SafeHandle _handle;
    private readonly long _token;
    private readonly ReadableWait _readable;
    private bool _isReady;
    private bool _isAtEnd;
    private bool _isClosed;

    /// <exception cref="InvalidOperationException">The hub has stopped, or this is not its thread.</exception>
    /// <exception cref="Win32Exception">The system refused to watch it.</exception>
    internal DescriptorWatch(Hub hub, SafeHandle handle, string purpose)
    {
        _hub = hub;
        _handle = handle;
        _readable = new ReadableWait(hub, purpose);
        using var held = new HeldDescriptor(handle);
        _token = hub.Register(this, held.Number);
    }

    /// <summary>Waits after a read that would have blocked; it may come back early. False when the hub has stopped.</summary>
    internal ValueTask<bool> WaitAsync()
    {
        if (_isClosed)
            return new ValueTask<bool>(false);
        if (_isReady)
        {
            _isReady = _isAtEnd;
            return new ValueTask<bool>(true);
        }
        if (!_hub.IsEdgeTriggered)
        {
            using var held = new HeldDescriptor(_handle);
            _hub.Arm(held.Number, _token, PollEvents.Readable);
        }
        return _readable.Begin();
    }

    public void Dispose()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        using var held = new HeldDescriptor(_handle);
        try { _hub.Pause(held.Number); } // other processes may hold it open: closing it would not end the watching
        catch (Win32Exception) { /* it is not watched any more */ }
        _hub.Unregister(_token, -1);
        _readable.Complete(false);
    }

    void IHubEntry.OnReady(PollEvents events)
    {
        if ((events & (PollEvents.Readable | PollEvents.PeerClosed | PollEvents.Broken)) == 0)
            return;
        bool isAwaited = _readable.IsPending;
        _isAtEnd |= (events & PollEvents.Broken) != 0;
        _isReady = !isAwaited || _isAtEnd;
        if (!_hub.IsEdgeTriggered)
            Silence(isAwaited);
        if (isAwaited)
            _readable.Complete(true);
    }

    // A level-triggered poller would report the same again and again.
    private void Silence(bool isAwaited)
    {
        using var held = new HeldDescriptor(_handle);
        try
        {
            if (_isAtEnd)
                _hub.Pause(held.Number);
            else if (!isAwaited)
                _hub.Disarm(held.Number, _token, PollEvents.Readable);
        }
        catch (Win32Exception) { /* the next report tries again */ }
    }

    void IHubEntry.OnDeadline() { }

    void IHubEntry.OnDrain() { }

    void IHubEntry.OnHandOver() { }

    void IHubEntry.OnStop() => Dispose();

    private sealed class ReadableWait(Hub hub, string purpose) : HubWait(hub)
    {
        internal override string Purpose => purpose;
    }
}
