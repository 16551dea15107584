using System.Runtime.InteropServices;

namespace AsyncServer.Load;

/// <summary>What this program does when it is a child of itself; the command line's library is not even loaded then.</summary>
internal static class ChildPrograms
{
    /// <summary>Null when the arguments name none of them.</summary>
    public static Task? Find(string[] arguments) => arguments switch
    {
        [ClientProcess.Verb] => new ClientProgram(Console.In, Console.Out, TimeProvider.System).RunAsync(),
        [Guard.Verb] => GuardAsync(),
        _ => null,
    };

    // Ctrl+C at a terminal goes to every process there: the guard outlives it, since it is needed just then.
    private static async Task GuardAsync()
    {
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, static signal => signal.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static signal => signal.Cancel = true);
        await Guard.RunAsync(Console.In);
    }
}
