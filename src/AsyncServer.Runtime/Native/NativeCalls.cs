namespace AsyncServer.Runtime;

/// <summary>
/// Whether the runtime makes system calls of its own: on Linux, unless the program's switch says no. Read once, so that the compiler drops
/// the other way.
/// </summary>
internal static class NativeCalls
{
    internal const string PortableSwitch = "AsyncServer.Portable";

    internal static readonly bool AreUsed = OperatingSystem.IsLinux()
        && !(AppContext.TryGetSwitch(PortableSwitch, out bool isPortable) && isPortable);
}
