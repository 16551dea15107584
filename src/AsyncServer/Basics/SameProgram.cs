namespace AsyncServer;

/// <summary>
/// How to start this program once more, as this process was started itself: by the host, which gets the assembly, or by a launcher of its
/// own.
/// </summary>
internal static class SameProgram
{
    internal static (string File, string[] Arguments) Command(params string[] arguments)
    {
        string assembly = typeof(SameProgram).Assembly.Location;
        string? host = Environment.ProcessPath;
        bool isLauncher = host is not null && Path.GetFileNameWithoutExtension(host) == Path.GetFileNameWithoutExtension(assembly);
        return (host ?? "dotnet", isLauncher ? arguments : [assembly, .. arguments]);
    }
}
