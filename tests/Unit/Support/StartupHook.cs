using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using AsyncServer.Runtime;

/// <summary>
/// Has a program run as on a system that is not Linux (DOTNET_STARTUP_HOOKS): without system calls of the runtime's own, each of which
/// would fail.
/// </summary>
[SuppressMessage("Design", "CA1050", Justification = "The platform looks for this name.")]
[SuppressMessage("Style", "IDE0130", Justification = "The platform looks for this name.")]
internal static class StartupHook
{
    internal static void Initialize()
    {
        AppContext.SetSwitch("AsyncServer.Portable", true);
        NativeLibrary.SetDllImportResolver(typeof(Hub).Assembly,
            static (library, _, _) => throw new DllNotFoundException($"{library} was called by the portable runtime."));
    }
}
