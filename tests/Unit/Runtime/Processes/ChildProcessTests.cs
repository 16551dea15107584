using System.ComponentModel;
using System.Text;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;
using ChildProcess = AsyncServer.Runtime.ChildProcess;

namespace AsyncServer.Unit.Runtime.Processes;

public sealed class ChildProcessTests
{
    private static readonly string[] Shell = ["-c"];

    [Theory]
    [InlineData("exit 7", "exit code 7")]
    [InlineData("kill -SEGV $$", "SIGSEGV")]
    [InlineData("exit 0", "exit code 0")]
    public async Task WaitForExit_TellsHowItEnded(string script, string end)
    {
        await using var host = new TestHub();
        await host.RunAsync(async () => Assert.Equal(end, (await Run(script).WaitForExitAsync()).ToString()));
    }

    [Fact]
    public async Task WaitForExit_BesideProcess_EachGetsItsOwn()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            for (int i = 0; i < 5; i++)
            {
                using var other = System.Diagnostics.Process.Start("/bin/sh", ["-c", "exit 5"]);
                var child = Run("exit 6");
                await other.WaitForExitAsync();
                Assert.Equal(5, other.ExitCode);
                Assert.Equal(6, (await child.WaitForExitAsync()).Code);
            }
        });
    }

    [Fact]
    public async Task Kill_RunningAndEnded_EndsItOnce()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var child = Run("exec sleep 60");
            child.Kill();
            Assert.Equal("SIGKILL", (await child.WaitForExitAsync()).ToString());
            child.Kill();
        });
    }

    [Fact]
    public async Task Descriptors_ReachTheChildByTheirNumbers_AndNothingElseDoes()
    {
        await using var host = new TestHub();
        await host.RunAsync(async () =>
        {
            var (here, there) = ProcessChannel.CreatePair();
            using var file = MemoryFile.Create("content"u8);
            // The shell opens 10 and above for itself at the most.
            var child = ChildProcess.Start(new ChildProcessOptions
            {
                FileName = "/bin/sh",
                Arguments = [.. Shell,
                    "for i in 3 4 5 6 7 8 9; do [ -e /proc/self/fd/$i ] && printf '%s ' $i >&4; done; cat <&3 >&4; printf \" $NAME\" >&4"],
                Environment = new Dictionary<string, string> { ["NAME"] = "value", ["PATH"] = "/bin:/usr/bin" },
                Descriptors = [file, there],
            });
            there.Dispose();
            var text = new StringBuilder();
            while (await here.ReceiveAsync() is { IsEnd: false } message)
                text.Append(Encoding.UTF8.GetString(message.Bytes.Span));
            Assert.Equal(0, (await child.WaitForExitAsync()).Code);
            Assert.Equal("3 4 content value", text.ToString());
            here.Dispose();
        });
    }

    [Fact]
    public void Start_ProgramThatIsNotThere_NamesIt()
    {
        var failure = Assert.Throws<Win32Exception>(() => ChildProcess.Start(new ChildProcessOptions { FileName = "/no/such/program" }));
        Assert.Contains("/no/such/program", failure.Message, StringComparison.Ordinal);
    }

    private static ChildProcess Run(string script) =>
        ChildProcess.Start(new ChildProcessOptions { FileName = "sh", Arguments = [.. Shell, script] });
}
