namespace AsyncServer.Runtime;

/// <summary>
/// What tells one version of a file from another. Two equal values mean the same content, except for changes so close in time
/// that the file system gives them one time stamp.
/// </summary>
/// <param name="Kind">Whether it is a file at all.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Inode">Its number on its device; where the system does not tell it, the time of its making in ticks.</param>
/// <param name="Device">Its device; 0 where the system does not tell it.</param>
/// <param name="ModifiedNanoseconds">When its content changed, in nanoseconds since 1970.</param>
/// <param name="ChangedNanoseconds">
/// When its content or its metadata changed, which programs cannot set, in nanoseconds since 1970; elsewhere than on Linux, when its
/// content changed or it was made.
/// </param>
public readonly record struct FileFacts(
    FileKind Kind, long Size, ulong Inode, ulong Device, long ModifiedNanoseconds, long ChangedNanoseconds)
{
    /// <summary>When its content changed.</summary>
    public DateTimeOffset Modified => DateTimeOffset.UnixEpoch.AddTicks(ModifiedNanoseconds / TimeSpan.NanosecondsPerTick);

    /// <summary>When its content or its metadata changed.</summary>
    public DateTimeOffset Changed => DateTimeOffset.UnixEpoch.AddTicks(ChangedNanoseconds / TimeSpan.NanosecondsPerTick);
}
