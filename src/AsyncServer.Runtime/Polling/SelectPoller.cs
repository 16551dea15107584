using System.ComponentModel;

namespace AsyncServer.Runtime;

/// <summary>
/// select(2): one bit for each descriptor, copied to the kernel with every call. It cannot watch descriptors from 1,024 on, and it cannot
/// tell a reset from bytes: who reads learns of it, an app at work does not.
/// </summary>
public sealed class SelectPoller : IPoller
{
    private readonly WakeDescriptor _wake = new();
    private readonly SelectSet _set = new();
    private readonly long[] _tokens = new long[SelectSet.Capacity];

    // Where the next look begins: when more is ready than is asked for, the others come first the next time.
    private int _next;

    /// <summary>Opens an eventfd for waking it.</summary>
    /// <exception cref="Win32Exception">
    /// The system refused, for instance because descriptors ran out, or those that select can watch have.
    /// </exception>
    public SelectPoller()
    {
        try
        {
            Check(_wake.Descriptor);
            _set.Arm(_wake.Descriptor, PollEvents.Readable);
        }
        catch
        {
            _wake.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public bool IsEdgeTriggered => false;

    /// <inheritdoc/>
    public int DescriptorCap => SelectSet.Capacity;

    /// <inheritdoc/>
    public void Add(int descriptor, long token)
    {
        Check(descriptor);
        _tokens[descriptor] = token;
    }

    /// <inheritdoc/>
    public void Arm(int descriptor, long token, PollEvents interest) => _set.Arm(descriptor, interest);

    /// <inheritdoc/>
    public void Disarm(int descriptor, long token, PollEvents interest) => _set.Disarm(descriptor, interest);

    /// <inheritdoc/>
    public void Remove(int descriptor) => _set.Disarm(descriptor, PollEvents.Readable | PollEvents.Writable);

    /// <inheritdoc/>
    public int Wait(Span<PollEvent> events, int timeoutMilliseconds)
    {
        if (_set.Select(timeoutMilliseconds) == 0)
            return 0;
        int start = _next;
        int count = Collect(events, start, SelectSet.Capacity, 0);
        return count == events.Length ? count : Collect(events, 0, start, count);
    }

    /// <inheritdoc/>
    public void Wake() => _wake.Signal();

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private int Collect(Span<PollEvent> events, int start, int end, int count)
    {
        for (int descriptor = _set.Next(start); descriptor >= 0 && descriptor < end; descriptor = _set.Next(descriptor + 1))
        {
            if (descriptor == _wake.Descriptor)
            {
                _wake.Drain();
                continue;
            }
            events[count++] = new PollEvent(_tokens[descriptor], _set.Read(descriptor));
            if (count == events.Length)
            {
                _next = (descriptor + 1) % SelectSet.Capacity;
                return count;
            }
        }
        return count;
    }

    private static void Check(int descriptor)
    {
        if (descriptor >= SelectSet.Capacity)
            throw new Win32Exception(Errno.TooManyFilesInProcess,
                $"select cannot watch descriptor {descriptor}: it has room for those below {SelectSet.Capacity}.");
    }
}
