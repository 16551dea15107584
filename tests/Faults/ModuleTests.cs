using System.Diagnostics;

namespace AsyncServer.Faults;

/// <summary>Script modules that are at work when the server ends.</summary>
public sealed class ModuleTests
{
    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Server_EndsWhileAScriptIsRead_LogsNoFailure()
    {
        var folder = Directory.CreateTempSubdirectory("asyncserver-faults");
        try
        {
            string first = await MakePipeAsync(folder, "first"), last = await MakePipeAsync(folder, "last");
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "slow.csx"), "#load \"first\"\n#load \"last\"\n",
                FaultServer.Cancellation);
            await using var server = await FaultServer.StartAsync([], [(FaultSite.LastPipe, last)], "--web", folder.FullName);
            foreach (string pipe in (string[])[first, last, first]) // read once to find out which scripts others only load, and then again
                await Task.Run(() => FaultSite.OpenForSomebodyToRead(pipe), FaultServer.Cancellation);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> MakePipeAsync(DirectoryInfo folder, string name)
    {
        string path = Path.Combine(folder.FullName, name);
        using var make = Process.Start("mkfifo", [path]);
        await make.WaitForExitAsync(FaultServer.Cancellation);
        return path;
    }
}
