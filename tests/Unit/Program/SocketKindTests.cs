using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace AsyncServer.Unit.Program;

/// <summary>What else than an address the program can listen on.</summary>
public sealed class SocketKindTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-test");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string SocketPath => Path.Combine(_folder.FullName, "s.sock");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task UnixSocket_Serves_WithItsModeAndGoesWithTheServer()
    {
        await using var program = ServerProgram.AsyncServer("--bind", $"unix:{SocketPath}", "--unix-mode", "600");
        await program.WaitForOutputAsync("Press Ctrl+C");
        Assert.EndsWith("Hello, this is plain", await AskAsync(), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(SocketPath));

        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
        Assert.False(File.Exists(SocketPath));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task UnixSocket_LeftByAKilledServer_IsReplaced()
    {
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(SocketPath));
            File.Move(SocketPath, SocketPath + ".kept"); // closing removes the file by its name
        }
        File.Move(SocketPath + ".kept", SocketPath);

        await using var program = ServerProgram.AsyncServer("--bind", $"unix:{SocketPath}");
        await program.WaitForOutputAsync("Press Ctrl+C");
        Assert.EndsWith("Hello, this is plain", await AskAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task UnixSocket_WhereAnotherServerListens_IsRefused()
    {
        await using var first = ServerProgram.AsyncServer("--bind", $"unix:{SocketPath}");
        await first.WaitForOutputAsync("Press Ctrl+C");
        await using var second = ServerProgram.AsyncServer("--bind", $"unix:{SocketPath}");
        Assert.Equal(1, await second.ExitCodeAsync());
        Assert.Contains($"asyncserver: Cannot listen on {SocketPath}: Address already in use", second.Errors, StringComparison.Ordinal);
        Assert.EndsWith("Hello, this is plain", await AskAsync(), StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task UnixSocket_WhereAFileIs_LeavesTheFile()
    {
        await File.WriteAllTextAsync(SocketPath, "precious", Cancellation);
        await using var program = ServerProgram.AsyncServer("--bind", $"unix:{SocketPath}");
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Equal("precious", await File.ReadAllTextAsync(SocketPath, Cancellation));
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task SocketActivation_TakesTheSocketInsteadOfTheDefaultPort()
    {
        // What systemd does: descriptor 3 listens, LISTEN_PID is the process that is about to be the server.
        const string activate = """
            use IO::Socket::INET; use POSIX;
            my $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:0") or die;
            POSIX::dup2(fileno($s), 3) if fileno($s) != 3;
            open(my $keep, "<&=", 3); fcntl($keep, 2, 0);
            $ENV{LISTEN_FDS} = 1; $ENV{LISTEN_PID} = $$;
            exec @ARGV;
            """;
        await using var program = ServerProgram.LaunchedBy(["perl", "-e", activate]);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        Assert.Equal("Hello, this is plain", await client.GetStringAsync("/say_hello.py", Cancellation));
        Assert.DoesNotContain("8888", program.Output, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Notify_SocketNamed_HearsReadyAndStopping()
    {
        string path = Path.Combine(_folder.FullName, "notify.sock");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        await using var program = ServerProgram.AsyncServer(["--bind", "127.0.0.1:0"], ("NOTIFY_SOCKET", path));
        byte[] message = new byte[64];
        Assert.Equal("READY=1", Encoding.UTF8.GetString(message, 0, await listener.ReceiveAsync(message, Cancellation)));
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal("STOPPING=1", Encoding.UTF8.GetString(message, 0, await listener.ReceiveAsync(message, Cancellation)));
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Bind_SeveralAddresses_ServesEach()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "127.0.0.1:0", "--bind", $"unix:{SocketPath}");
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        Assert.Equal("Hello, this is plain", await client.GetStringAsync("/say_hello.py", Cancellation));
        await program.WaitForOutputAsync("Press Ctrl+C");
        Assert.EndsWith("Hello, this is plain", await AskAsync(), StringComparison.Ordinal);
    }

    private async Task<string> AskAsync()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), Cancellation);
        await socket.SendAsync("GET /say_hello.py HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancellation);
        using var reader = new StreamReader(new NetworkStream(socket));
        return await reader.ReadToEndAsync(Cancellation);
    }
}
