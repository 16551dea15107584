using System.Text.RegularExpressions;

namespace AsyncServer.Bench;

/// <summary>The servers that are compared: their names, and how each starts on this machine.</summary>
internal static partial class PeerServers
{
    public const string Embedded = "delegate";
    public const string OneHub = "delegate-1";
    public const string Product = "asyncserver";
    public const string Floor = "floor";
    public const string Nginx = "nginx";
    public const string Kestrel = "kestrel";
    public const string KestrelInline = "kestrel-inline";
    public const string Node = "node";
    public const string Pywsgi = "pywsgi";

    public static IReadOnlyList<string> Names { get; } = [Embedded, OneHub, Product, Floor, Nginx, Kestrel, KestrelInline, Node, Pywsgi];

    /// <summary>All of them; one that is not installed says so.</summary>
    /// <exception cref="SetupException">What this repository builds itself is not built.</exception>
    public static async Task<IReadOnlyList<PeerServer>> FindAsync(FilesFolder folder, CancellationToken cancellation)
    {
        // .../Microsoft.AspNetCore.App/VERSION/NAME.dll
        string version = typeof(Microsoft.Extensions.ObjectPool.ObjectPool<>).Assembly.Location;
        version = Path.GetFileName(Path.GetDirectoryName(version)!);
        var product = ServerCommand.Product("--root", folder.Root, "--web", folder.MakeModules()) with { CountsAllocations = true };
        return
        [
            new(Embedded, "ours", "a program with one `AppDelegate` on AsyncServer.Http, default settings") { App = AppProgram.Command() },
            new(OneHub, "ours", "the same with one hub, as the floor and nginx have one loop") { App = AppProgram.Command("--hubs", "1") },
            new(Product, "ours", "the asyncserver program, default settings: a script module, or files") { App = product, Files = product },
            await FloorAsync(cancellation),
            await InstalledAsync(new(Nginx, "nginx",
                "one worker, no access log, sendfile; `return 200`, or files") { App = folder.NginxReturn("Hello, this is plain"),
                Files = folder.Nginx() }, "nginx", ["-v"], cancellation),
            KestrelServer(Kestrel, $"ASP.NET Core {version}, a minimal app, default scheduling; no logging", [], [], folder),
            KestrelServer(KestrelInline, $"the same with UnsafePreferInlineScheduling and inline socket completions",
                ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1"], ["inline"], folder),
            await InstalledAsync(new(Node, "other", "http, one process") { App = new(Node, "node", [Script("node.js"), "{port}"]) }, "node",
                ["--version"], cancellation),
            await PywsgiAsync(cancellation),
        ];
    }

    /// <summary>Those that a comma-separated list names.</summary>
    /// <exception cref="SetupException">There is none of that name.</exception>
    public static IReadOnlyList<PeerServer> Select(IReadOnlyList<PeerServer> all, string? names)
    {
        if (names is null)
            return all;
        string[] wanted = names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return wanted.FirstOrDefault(name => all.All(server => server.Name != name)) is { } unknown
            ? throw new SetupException($"there is no server {unknown}: they are {string.Join(", ", all.Select(server => server.Name))}")
            : [.. all.Where(server => wanted.Contains(server.Name))];
    }

    public static string Script(string name) => RepositoryRoot.Combine("bench", "Peers", "Scripts", name);

    private static async Task<PeerServer> FloorAsync(CancellationToken cancellation)
    {
        var server = new PeerServer(Floor, "floor", "C, one epoll loop, a canned answer and no parser");
        try
        {
            server = server with { App = await FloorProgram.BuildAsync(threads: 1, cancellation) };
            return await InstalledAsync(server, "gcc", ["--version"], cancellation);
        }
        catch (SetupException failure)
        {
            return server with { Missing = failure.Message };
        }
    }

    private static PeerServer KestrelServer(string name, string setup, string[] environment, string[] options, FilesFolder folder)
    {
        string program = RepositoryRoot.Combine("bench", "Kestrel", "bin", RepositoryRoot.Configuration, "net10.0",
            "AsyncServer.Kestrel.dll");
        ServerCommand Command(params string[] root) =>
            new(name, "env", [.. environment, "dotnet", program, "{port}", .. options, .. root]) { CountsAllocations = true };
        return new PeerServer(name, "kestrel", setup) { App = Command(), Files = Command(folder.Root) };
    }

    private static async Task<PeerServer> PywsgiAsync(CancellationToken cancellation)
    {
        const string Facts = "import sys, gevent; print(sys.executable); print('gevent', gevent.__version__, 'on Python', "
            + "sys.version.split()[0])";
        var server = new PeerServer(Pywsgi, "other", "gevent.pywsgi, no log");
        try
        {
            // The interpreter itself: what PATH has may be a wrapper.
            string[] lines = (await StartedProcess.RunAsync("python3", ["-c", Facts], "", cancellation)).Trim().Split('\n');
            return server with { Setup = $"{lines[1]}, pywsgi, no log", App = new(Pywsgi, lines[0], [Script("pywsgi.py"), "{port}"]) };
        }
        catch (SetupException)
        {
            return server with { Missing = "python3 with gevent is not installed" };
        }
    }

    /// <summary>Puts the version that a program tells in front of the set-up.</summary>
    private static async Task<PeerServer> InstalledAsync(PeerServer server, string program, string[] arguments,
        CancellationToken cancellation) =>
        await VersionAsync(program, arguments, cancellation) is { } version
            ? server with { Setup = $"{program} {version}, {server.Setup}" }
            : server with { Missing = $"{program} is not installed" };

    /// <summary>The first version number in what a program prints; null when there is no such program.</summary>
    public static async Task<string?> VersionAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            await using var child = StartedProcess.Start(program, arguments, "");
            return Version().Match(await child.ReadAllAsync().WaitAsync(cancellation)).Value;
        }
        catch (SetupException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\d+(\.\d+)+")]
    private static partial Regex Version();
}
