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

    private string ActivateTwo => $$"""
        use IO::Socket::INET; use IO::Socket::UNIX; use POSIX;
        my $first = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1:0");
        my @s = ($first, IO::Socket::UNIX->new(Listen => 5, Local => "{{SocketPath}}"));
        my @d = map { my $d = fcntl($_, F_DUPFD, 20); $d } @s;
        for (0, 1) { POSIX::dup2($d[$_], 3 + $_); POSIX::close($d[$_]); open($keep[$_], "<&=", 3 + $_); fcntl($keep[$_], 2, 0); }
        $ENV{LISTEN_FDS} = 2; $ENV{LISTEN_FDNAMES} = "first:second"; $ENV{LISTEN_PID} = $$;
        exec @ARGV;
        """;

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

    // Two sockets with names, as systemd gives them; each selected by its own.
    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("--hubs", "1")]
    [InlineData("--workers", "2")]
    [InlineData("--model", "processes")]
    public async Task SocketActivation_ByName_ServesThoseInTheOrderOfTheirSelection(params string[] arguments)
    {
        string[] launcher = ["perl", "-e", ActivateTwo];
        await using var program = ServerProgram.LaunchedBy(launcher, ["--bind", "fd:second", "--bind", "fd:first", .. arguments]);
        await program.WaitForOutputAsync("Press Ctrl+C");
        string[] output = program.Output.Split('\n');
        string[] listening = [.. output.Where(static line => line.StartsWith("AsyncServer listens on ", StringComparison.Ordinal))];
        Assert.Equal([SocketPath, "127.0.0.1"], listening.Select(static line => line.Split(' ')[3].Split(':')[0]));
        Assert.EndsWith("Hello, this is plain", await AskAsync(), StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };
        Assert.Equal("Hello, this is plain", await client.GetStringAsync("/say_hello.py", Cancellation));
    }

    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("fd:third", "Cannot listen on fd:third: no inherited socket has that name (LISTEN_FDNAMES); there are first, second.")]
    [InlineData("fd:first", "Cannot listen on fd:4: it was inherited (second), and --bind selects others of its kind; select all of them.")]
    [InlineData("fd:first fd:3 fd:second", "Cannot listen on fd:3: it is selected twice.")]
    public async Task SocketActivation_SelectionThatDoesNotFit_IsAnErrorThatNamesTheSocket(string binds, string reason)
    {
        string[] arguments = [.. binds.Split(' ').SelectMany(static bind => (string[])["--bind", bind])];
        await using var program = ServerProgram.LaunchedBy(["perl", "-e", ActivateTwo], arguments);
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains(reason, program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task CheckConfig_SocketByName_NeedsNone()
    {
        await using var program = ServerProgram.AsyncServer("--bind", "fd:web", "--check-config");
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    // A socket that nobody can say the listener of is served by none.
    [Theory(Timeout = ServerProgram.Timeout)]
    [InlineData("connection,1", 1, "Nothing is served by the options of another listener")]
    [InlineData("connection", 2, "is not what this version of it says")]
    [InlineData("connection,0:1", 2, "is not what this version of it says")]
    [InlineData("0,1", 1, "Nothing is served by the options of another listener")]
    [InlineData("0,0:0", 2, "is not what this version of it says")]
    [InlineData("0,0:1", 1, "Nothing is served by the options of another listener")]
    public async Task Socket_OfAnUnknownListener_IsRefused(string seat, int exitCode, string reason)
    {
        // As a supervisor starts it: 3 is the line, 4 the configuration file, 5 and 6 are sockets.
        const string start = """
            use Socket; use POSIX;
            socketpair(my $here, my $there, AF_UNIX, SOCK_SEQPACKET, 0) or die;
            open(my $file, "<", "/dev/null") or die;
            socket(my $socket, AF_INET, SOCK_STREAM, 0); listen($socket, 5) or die;
            my @given = map { POSIX::fcntl($_, F_DUPFD, 20) } ($there, $file, $socket, $socket);
            for (0 .. 3) { POSIX::dup2($given[$_], 3 + $_); open(my $keep, "<&=", 3 + $_); fcntl($keep, 2, 0); push @kept, $keep; }
            system { $ARGV[0] } @ARGV; exit($? >> 8);
            """;
        await using var program = ServerProgram.LaunchedBy(["perl", "-e", start], "--worker", seat, "--bind", "127.0.0.1:0");
        Assert.Equal(exitCode, await program.ExitCodeAsync());
        Assert.Contains(reason, program.Errors, StringComparison.Ordinal);
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
