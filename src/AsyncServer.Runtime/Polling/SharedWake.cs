using System.ComponentModel;

namespace AsyncServer.Runtime;

/// <summary>
/// What wakes threads that sleep in <c>poll(2)</c>, without a descriptor for each. Idle ones wait by thousands for the same one: who wakes
/// one of them wakes all who wait for that descriptor, which stays signalled, and those that had nothing to do wait for the next one. Busy
/// ones borrow one of their own.
/// </summary>
internal sealed class SharedWake
{
    // They come out of the descriptors that are kept back from connections; beyond this number, threads share.
    private const int MostLent = 256;

    private readonly Lock _lock = new();
    private readonly Stack<WakeDescriptor> _free = new();
    private Generation? _current;
    private int _lent;

    /// <summary>Waits with all others; null when the system has no descriptor.</summary>
    internal Generation? Join()
    {
        lock (_lock)
        {
            if (_current is null && TryOpen() is { } descriptor)
                _current = new Generation(descriptor);
            if (_current is not null)
                _current.Waiters++;
            return _current;
        }
    }

    internal void Leave(Generation generation)
    {
        lock (_lock)
        {
            if (--generation.Waiters > 0)
                return;
            if (ReferenceEquals(generation, _current))
                _current = null;
            generation.Descriptor.Dispose();
        }
    }

    internal void Signal(Generation generation)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(generation, _current))
                return; // all who wait for it are awake
            _current = null;
            generation.Descriptor.Signal();
        }
    }

    /// <summary>A descriptor for one thread alone, or null when there is none to spare.</summary>
    internal WakeDescriptor? Borrow()
    {
        lock (_lock)
        {
            if (_lent == MostLent)
                return null;
            if (!_free.TryPop(out var descriptor) && (descriptor = TryOpen()) is null)
                return null;
            _lent++;
            return descriptor;
        }
    }

    /// <param name="descriptor">Not signalled.</param>
    internal void Return(WakeDescriptor descriptor)
    {
        lock (_lock)
        {
            _free.Push(descriptor);
            if (--_lent > 0)
                return;
            while (_free.TryPop(out var idle))
                idle.Dispose(); // a quiet server keeps none
        }
    }

    private static WakeDescriptor? TryOpen()
    {
        try { return new WakeDescriptor(); }
        catch (Win32Exception) { return null; } // descriptors ran out; there is another way
    }

    /// <summary>One descriptor and those who wait for it.</summary>
    internal sealed class Generation(WakeDescriptor descriptor)
    {
        internal WakeDescriptor Descriptor => descriptor;

        internal int Waiters { get; set; }
    }
}
