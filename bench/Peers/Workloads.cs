using static AsyncServer.Bench.PeerServers;

namespace AsyncServer.Bench;

/// <summary>Every workload, in the order of the report.</summary>
internal static class Workloads
{
    private const int PostSize = 1024;
    private const int Pipelined = 16;

    /// <summary>Besides the rounds: processes start and end, answers are checked.</summary>
    private static readonly TimeSpan Overhead = TimeSpan.FromSeconds(1.5);

    /// <summary>Opening thousands of connections, coming to rest twice, and a start.</summary>
    private static readonly TimeSpan IdleOverhead = TimeSpan.FromSeconds(6);

    /// <summary>Some starts of a server that takes a while.</summary>
    private static readonly TimeSpan StartRound = TimeSpan.FromSeconds(2);

    private static readonly string[] Everyone = [Embedded, OneHub, Floor, Nginx, Kestrel, KestrelInline, Node, Pywsgi];
    private static readonly string[] WithFiles = [Product, Nginx, Kestrel, KestrelInline];

    public static IReadOnlyList<Workload> All { get; } =
    [
        Plaintext(1), Plaintext(64), Plaintext(512), Plaintext(4000),
        Load("pipelined", $"Pipelined, {Pipelined} deep",
            $"64 connections send {Pipelined} requests in one go and wait for all the answers. A latency is that of a whole batch.",
            [Embedded, Floor, Nginx, Kestrel, KestrelInline, Node],
            new(AppProgram.Path, 64) { Script = [Script("pipelined.lua"), $"{Pipelined}"] }) with { Charts = [Quantity.Rate,
                Quantity.Cpu] },
        Load("module", "Script module",
            "64 connections; our answer comes from a C# script in the shape of WSGI (`web/say_hello.csx`), that of the others from "
            + "what they had for plaintext.",
            [Product, Floor, Nginx, Kestrel, KestrelInline, Pywsgi], new(AppProgram.Path, 64)),
        Load("post", "POST, 1 KB echoed", "64 connections post 1 KB; the app reads the body and sends it back.",
            [Embedded, Kestrel, KestrelInline, Node, Pywsgi],
            new(AppProgram.EchoPath, 64) { Script = [Script("post.lua"), $"{PostSize}"], Body = new string('x', PostSize) }),
        Files("static-1k", "A file of 1 KB", "1k.txt", 64),
        Files("static-10k", "A file of 10 KB", "10k.txt", 64),
        Files("static-1m", "A file of 1 MB", "1m.txt", 64),
        Files("static-100m", "A file of 100 MB", FilesFolder.Largest, 4),
        Load("not-modified", "A file that has not changed (304)",
            "64 connections ask for the file of 1 KB with the entity tag that they have been given before.",
            WithFiles, new("/1k.txt", 64), revalidates: true) with { IsFiles = true },
        Load("close", "A new connection for each request", "64 at a time connect, ask with `Connection: close`, and read to the end.",
            [Embedded, Nginx, Kestrel, KestrelInline, Node, Pywsgi], new(AppProgram.Path, 64) { Headers = ["Connection: close"] }),
        Idle(200),
        Start(),
    ];

    private static Workload Plaintext(int connections) => Load(
        $"plaintext-{connections}", $"Plaintext, {connections:N0} {(connections == 1 ? "connection" : "connections")}",
        "Each connection asks for a line of text, reads the answer, and asks again.", Everyone, new(AppProgram.Path, connections));

    private static Workload Files(string name, string title, string file, int connections) =>
        Load(name, title, $"{connections} connections ask for it again and again.", WithFiles,
            new($"/{file}", connections)) with
        { IsFiles = true };

    private static Workload Load(string name, string title, string explanation, string[] servers, Wrk load, bool revalidates = false) =>
        new(name, title, explanation, servers)
        {
            PrepareAsync = (command, plan, cancellation) => LoadTrial.PrepareAsync(command, load, revalidates, plan, cancellation),
            LengthEach = plan => Overhead + plan.WarmUp + plan.Rounds * plan.Duration,
        };

    private static Workload Idle(int active) =>
        new("idle", "Idle connections",
            $"Thousands of keep-alive connections have asked once and stay open. The memory of each is the slope between a fifth of "
        + $"them and all; then {active} others are busy among them.",
        [Product, Floor, Nginx, Kestrel, Node])
        {
            Charts = [Quantity.IdleMemory, Quantity.Cpu],
            PrepareAsync = (command, plan, _) => Task.FromResult<ITrial>(new IdleTrial(command, plan, new Wrk(AppProgram.Path, active))),
            LengthEach = plan => plan.Rounds * (IdleOverhead + 2 * plan.Settle + plan.WarmUp + plan.Duration),
        };

    private static Workload Start() =>
        new("start", "Start to the first answer",
            "From starting the process until its first answer is whole; our script module was compiled by an earlier start.",
        [Product, Embedded, Floor, Nginx, Kestrel, Node, Pywsgi])
        {
            Charts = [Quantity.FirstAnswer],
            PrepareAsync = (command, _, cancellation) => StartTrial.PrepareAsync(command, AppProgram.Path, cancellation),
            LengthEach = plan => Overhead + plan.Rounds * StartRound,
        };
}
