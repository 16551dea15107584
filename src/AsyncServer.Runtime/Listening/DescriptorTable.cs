namespace AsyncServer.Runtime;

/// <summary>
/// The process's table of descriptors. It grows by doubling, and who needs the place waits meanwhile: until no processor uses the old table
/// any more, 10 ms and longer in a process with threads. That would be a hub that accepts, so the table is made large before.
/// </summary>
internal static class DescriptorTable
{
    /// <summary>256 KB; connections beyond that make it grow as before.</summary>
    internal const int Size = 32 * 1024;

    private static int _isPrepared;

    /// <summary>Begins to, off this thread, unless it was done.</summary>
    internal static void PrepareOnce()
    {
        if (NativeCalls.AreUsed && Interlocked.Exchange(ref _isPrepared, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static _ => Prepare(), null);
    }

    /// <summary>Makes it as large as the limit of descriptors allows, up to <see cref="Size"/>.</summary>
    internal static void Prepare()
    {
        long size = Math.Min(Size, SocketDescriptor.Limit() ?? 0);
        try
        {
            using var any = new WakeDescriptor();
            int last = FileDescriptor.DuplicateFrom(any.Descriptor, (int)size - 1);
            if (last >= 0)
                SocketDescriptor.Close(last); // the table stays as large
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // no descriptor is left: there is nothing to prepare for
        }
    }
}
