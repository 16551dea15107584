
namespace AsyncServer.Faults;

/// <summary>Fault 35: the disk is full under the access log. The disk is a small one in a mount namespace of the server's own.</summary>
public sealed class DiskFullTests
{
    private static readonly string[] OnSmallDisk =
        ["unshare", "--map-root-user", "--mount", "sh", "-c",
            "mount -t tmpfs -o size=64k none \"$0\" && head -c 57344 /dev/zero > \"$0/filler\"; exec \"$@\""];

    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Disk_FullUnderTheAccessLog_ServingGoesOnAndTheLogResumes()
    {
        await Possible.OrSkipAsync("a small disk of its own", "unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none",
            Path.GetTempPath());
        var folder = Directory.CreateTempSubdirectory("asyncserver-faults");
        try
        {
            await using var server = await FaultServer.StartAsync([.. OnSmallDisk, folder.FullName], [], "--access-log",
                Path.Combine(folder.FullName, "access.log"), "--access-log-format", "%(U)s " + new string('-', 100));
            string inside = $"/proc/{server.ProcessId}/root{folder.FullName}";
            for (int i = 0; i < 500; i++)
                Assert.Equal("hello", await server.GetAsync("/hello"));
            await server.WaitForLogAsync("access.log lost ");
            Assert.Contains("No space left on device", server.Log, StringComparison.Ordinal);
            Assert.Equal("hello", await server.GetAsync("/hello"));

            File.Delete(Path.Combine(inside, "filler"));
            string log = Path.Combine(inside, "access.log");
            await FaultServer.UntilAsync(async () =>
            {
                await server.AskAsync("/resumed");
                return (await File.ReadAllTextAsync(log, FaultServer.Cancellation)).Contains("\n/resumed ", StringComparison.Ordinal);
            }, "the log resumes");
            Assert.All((await File.ReadAllTextAsync(log, FaultServer.Cancellation)).TrimEnd('\n').Split('\n'),
                static line => Assert.Matches("^/(hello|resumed|coroutines) -{100}$", line));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
