using System.Numerics;

namespace AsyncServer.Runtime;

/// <summary>Descriptors for <c>select(2)</c>: one bit each in an <c>fd_set</c>, which has 1,024 of them and no more.</summary>
internal sealed unsafe class SelectSet
{
    /// <summary>FD_SETSIZE: the kernel's call takes more, but the C library's type does not.</summary>
    internal const int Capacity = 1024;

    private const int WordBits = 64;
    private const int Words = Capacity / WordBits;

    private readonly ulong[] _toRead = new ulong[Words];
    private readonly ulong[] _toWrite = new ulong[Words];
    private readonly ulong[] _readable = new ulong[Words];
    private readonly ulong[] _writable = new ulong[Words];

    internal void Arm(int descriptor, PollEvents interest)
    {
        if ((interest & PollEvents.Readable) != 0)
            _toRead[descriptor / WordBits] |= Bit(descriptor);
        if ((interest & PollEvents.Writable) != 0)
            _toWrite[descriptor / WordBits] |= Bit(descriptor);
    }

    internal void Disarm(int descriptor, PollEvents interest)
    {
        if ((interest & PollEvents.Readable) != 0)
            _toRead[descriptor / WordBits] &= ~Bit(descriptor);
        if ((interest & PollEvents.Writable) != 0)
            _toWrite[descriptor / WordBits] &= ~Bit(descriptor);
    }

    /// <summary>Waits, and returns how many bits are set in the answer.</summary>
    internal int Select(int timeoutMilliseconds)
    {
        _toRead.CopyTo(_readable, 0);
        _toWrite.CopyTo(_writable, 0);
        var time = new TimeValue { Seconds = timeoutMilliseconds / 1000, Microseconds = timeoutMilliseconds % 1000 * 1000L };
        int ready;
        // Safe: pinned for the length of the call, and the kernel reads and writes below the limit, which the arrays hold.
        fixed (ulong* readable = _readable, writable = _writable)
            ready = Libc.Select(Limit(), readable, writable, null, timeoutMilliseconds < 0 ? null : &time);
        if (ready >= 0)
            return ready;
        int error = Errno.Last;
        return error == Errno.Interrupted ? 0 : throw Errno.ToException(error, "select");
    }

    /// <summary>The first descriptor from <paramref name="start"/> on that the last call reported, or -1.</summary>
    internal int Next(int start)
    {
        for (int word = start / WordBits; word < Words; word++)
        {
            ulong bits = _readable[word] | _writable[word];
            if (word == start / WordBits)
                bits &= ulong.MaxValue << (start % WordBits);
            if (bits != 0)
                return (word * WordBits) + BitOperations.TrailingZeroCount(bits);
        }
        return -1;
    }

    /// <summary>What the last call reported about a descriptor.</summary>
    internal PollEvents Read(int descriptor)
    {
        var events = PollEvents.None;
        if ((_readable[descriptor / WordBits] & Bit(descriptor)) != 0)
            events |= PollEvents.Readable;
        if ((_writable[descriptor / WordBits] & Bit(descriptor)) != 0)
            events |= PollEvents.Writable;
        return events;
    }

    private static ulong Bit(int descriptor) => 1UL << (descriptor % WordBits);

    // One more than the highest descriptor in either set.
    private int Limit()
    {
        for (int word = Words - 1; word >= 0; word--)
        {
            ulong bits = _toRead[word] | _toWrite[word];
            if (bits != 0)
                return ((word + 1) * WordBits) - BitOperations.LeadingZeroCount(bits);
        }
        return 0;
    }
}
