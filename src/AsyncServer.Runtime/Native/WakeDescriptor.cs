using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// An eventfd that other threads write to end a poll. Where it is watched edge-triggered, nobody ever reads it: each write is an edge
/// of its own, and 2^64 of them do not happen. Elsewhere <see cref="Drain"/> ends its report.
/// </summary>
internal sealed class WakeDescriptor : SafeHandleMinusOneIsInvalid
{
    internal WakeDescriptor() : base(ownsHandle: true)
    {
        int descriptor = Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking);
        if (descriptor < 0)
            throw Errno.ToException(Errno.Last, "eventfd");
        SetHandle(descriptor);
    }

    internal int Descriptor => (int)handle;

    /// <summary>May be called by any thread; after the handle is closed it does nothing.</summary>
    internal unsafe void Signal()
    {
        try
        {
            // Held, so that a hub that stops does not close the number while it is written to.
            using var held = new HeldDescriptor(this);
            ulong one = 1;
            _ = Libc.Write(held.Number, (byte*)&one, sizeof(ulong));
        }
        catch (ObjectDisposedException) { /* the hub has stopped; there is nobody to wake */ }
    }

    /// <summary>Clears the signals so far. Called by the waiter.</summary>
    internal unsafe void Drain()
    {
        ulong count;
        _ = Libc.Read(Descriptor, (byte*)&count, sizeof(ulong));
    }

    protected override bool ReleaseHandle() => Libc.Close((int)handle) == 0;
}
