using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Workers;

[Collection(WorkerCollection.Name)]
public sealed class SupervisorTests(WorkerSite site)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGINT)]
    public async Task Signal_RequestInFlight_IsAnsweredAndTheExitCodeIsZero(PosixSignal signal)
    {
        await using var crew = site.Start(2);
        using var client = new KeepAliveClient(await crew.PortAsync());
        await client.AskAsync("", Cancellation);
        var slow = client.AskAsync("slow", Cancellation);
        crew.Program.Signal(signal);
        Assert.True(await slow > 0);
        Assert.Equal(0, await crew.Program.ExitCodeAsync());
        Assert.Contains("All workers have stopped, and every answer was finished", crew.Program.Output, StringComparison.Ordinal);
        Assert.Equal(1, crew.Program.Output.Split("AsyncServer listens on").Length - 1);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task SecondSignal_RequestInFlight_EndsAtOnceWithThree()
    {
        await using var crew = site.Start(2);
        using var client = new KeepAliveClient(await crew.PortAsync());
        await client.AskAsync("", Cancellation);
        var stuck = client.AskAsync("stuck", Cancellation);
        crew.Program.Signal(PosixSignal.SIGTERM);
        await crew.Program.WaitForOutputAsync("Stopping: 1 connections are open");
        crew.Program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(3, await crew.Program.ExitCodeAsync());
        await Assert.ThrowsAnyAsync<IOException>(() => stuck);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task FirstWorker_CannotServe_TheProgramEndsAndSaysWhyOnce()
    {
        await using var crew = site.Start(3, "nobody:app");
        Assert.Equal(1, await crew.Program.ExitCodeAsync());
        Assert.Equal(1, crew.Program.Errors.Split("nobody:app: there is no").Length - 1);
        Assert.DoesNotContain("listens on", crew.Program.Output, StringComparison.Ordinal);
    }

    // FAULTS row 45.
    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Port_SharedByAnotherServer_IsInUse()
    {
        using var other = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        other.SetRawSocketOption(1, 15, BitConverter.GetBytes(1)); // SO_REUSEPORT
        other.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        other.Listen();
        await using var program = ServerProgram.AsyncServer("--bind", $"{other.LocalEndPoint}", "--workers", "2");
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains($"asyncserver: Cannot listen on {other.LocalEndPoint}: Address already in use", program.Errors,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task AccessLog_RotatedAndSignalled_AllWorkersWriteWholeLinesToTheNewOne()
    {
        const int requests = 200;
        string file = site.PathOf("access.log");
        await using var crew = site.Start(2, "--access-log", file);
        int port = await crew.PortAsync();
        var processes = new HashSet<int>();
        int asked = 0;
        async Task AskAsync(Func<bool> isDone)
        {
            while (!isDone())
            {
                using var client = new KeepAliveClient(port);
                processes.Add(await client.AskAsync("", Cancellation));
                asked++;
            }
        }
        await AskAsync(() => asked >= requests && processes.Count == 2);
        File.Move(file, file + ".1");
        crew.Program.Signal((PosixSignal)10);
        await AskAsync(() => File.Exists(file));
        processes.Clear();
        await AskAsync(() => processes.Count == 2);
        crew.Program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await crew.Program.ExitCodeAsync());
        string[] lines = [.. await File.ReadAllLinesAsync(file + ".1", Cancellation), .. await File.ReadAllLinesAsync(file, Cancellation)];
        Assert.Equal(asked, lines.Length);
        Assert.All(lines, static line =>
            Assert.Matches("""^127\.0\.0\.1 - - \[.*\] "GET /probe\.py\? HTTP/1\.1" 200 \d+ "-" "-"$""", line));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task UnixSocket_AllWorkersServeIt_AndSystemdHearsOfTheWholeCrew()
    {
        string path = site.PathOf("s.sock");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(site.PathOf("notify.sock")));
        await using var program = ServerProgram.AsyncServer(
            ["--bind", $"unix:{path}", "--workers", "2", "--root", site.PathOf("html"), "--web", site.PathOf("web")],
            ("NOTIFY_SOCKET", site.PathOf("notify.sock")));
        byte[] buffer = new byte[256];
        async Task<string> HearAsync() => Encoding.UTF8.GetString(buffer, 0, await systemd.ReceiveAsync(buffer, Cancellation));
        Assert.Equal("READY=1", await HearAsync());
        await program.WaitForOutputAsync("Worker 0 serves: process ");
        await program.WaitForOutputAsync("Worker 1 serves: process ");

        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path), Cancellation);
        await client.SendAsync("GET /probe.py HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), Cancellation);
        Assert.StartsWith("HTTP/1.1 200", Encoding.ASCII.GetString(buffer, 0, await client.ReceiveAsync(buffer, Cancellation)),
            StringComparison.Ordinal);

        program.Signal(PosixSignal.SIGHUP);
        Assert.StartsWith("RELOADING=1\nMONOTONIC_USEC=", await HearAsync(), StringComparison.Ordinal);
        Assert.Equal("READY=1", await HearAsync());
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal("STOPPING=1", await HearAsync());
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.False(File.Exists(path));
    }
}
