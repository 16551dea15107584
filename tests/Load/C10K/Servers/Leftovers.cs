
namespace AsyncServer.Load;

/// <summary>Processes of a server that may have outlived it.</summary>
internal static class Leftovers
{
    private const int SigKill = 9;

    /// <summary>Ends those that still run; a process that has only got the number of one is left alone.</summary>
    public static void End(IEnumerable<ProcessFact> processes)
    {
        foreach (var process in processes)
        {
            if (ProcessFact.Read(process.Id)?.StartTicks == process.StartTicks)
                _ = NativeMethods.Kill(process.Id, SigKill);
        }
    }
}
