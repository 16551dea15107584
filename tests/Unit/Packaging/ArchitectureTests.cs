using System.Reflection;
using System.Runtime.Loader;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Packaging;

/// <summary>Which folder of a project may know which: the layout is a part of the documentation, and a new arrow is a decision.</summary>
public sealed class ArchitectureTests
{
    // Each with the rooms that it may know. Those of a line know each other; of the lines above, all that is named.
    private static readonly string[] Runtime =
    [
        "Native:",
        "Polling: Native",
        "Hubs + Coroutines + Synchronization: Native Polling", // the kernel
        "Diagnostics: Hubs Coroutines",
        "Files: Native Hubs",
        "Connections: Native Polling Hubs Coroutines",
        "Groups: Native Polling Hubs Coroutines Connections",
        "Listening: Native Polling Hubs Coroutines Synchronization Connections Groups",
        "Processes: Native Polling Hubs",
    ];

    private static readonly string[] Http =
    [
        "Parsing:",
        "Templates:",
        "Logging:",
        "Limits: Parsing",
        "Messages: Parsing",
        "Outcomes:",
        "Exchanges: Parsing Messages Outcomes Limits Logging",
        "Forwarding: Parsing Messages Exchanges",
        "AccessLogs: Parsing Messages Outcomes Exchanges Logging",
        "Http1: Parsing Messages Outcomes Limits Exchanges Logging",
        "Files: Parsing Messages Exchanges Logging",
        "Forms: Messages",
        "Cookies: Messages Forms",
        "Wsgi: Messages Exchanges Files Forms Cookies Logging",
        "Middleware: Messages Files Forms Cookies Wsgi",
        "Routing: Parsing Messages Exchanges Files Wsgi Logging",
        "Site: Parsing Messages Exchanges",
        "Admission: Messages Exchanges Limits Http1 Routing Logging",
        "Hosting: Parsing Messages Outcomes Exchanges Forwarding Limits AccessLogs Http1 Files Routing Site Admission Logging",
    ];

    private static readonly string[] TheProgram =
    [
        "Basics:",
        "Modules: Basics",
        "Development: Modules",
        "Configuration: Basics Modules Development",
        "Workers: Basics Configuration",
        "Roles: Basics Modules Configuration Workers",
    ];

    [Fact]
    public void RoomsOfTheProgram_KnowOnlyWhatTheyMay() => Check(LoadProgram(), TheProgram);

    [Fact]
    public void RoomsOfRuntime_KnowOnlyWhatTheyMay() => Check(typeof(Hub).Assembly, Runtime);

    [Fact]
    public void RoomsOfHttp_KnowOnlyWhatTheyMay() => Check(typeof(HttpServer).Assembly, Http);

    [Fact]
    public void NewArrow_IsToldByBothEnds()
    {
        string[] stricter = [.. Runtime.Select(static line =>
            line.Replace("Connections: Native Polling Hubs Coroutines", "Connections: Native Polling Hubs", StringComparison.Ordinal))];

        var failure = Assert.Throws<Xunit.Sdk.FailException>(() => Check(typeof(Hub).Assembly, stricter));

        Assert.Matches(@"Connections/Connection\.cs uses Coroutines/Coroutine\S+, but Connections may not know Coroutines\.",
            failure.Message);
    }

    [Fact]
    public void RoomsBelow_AreNamedBefore() => Assert.All(new[] { Runtime, Http, TheProgram }, static rooms =>
    {
        var known = new HashSet<string>();
        foreach (string line in rooms)
        {
            var (together, below) = Split(line);
            Assert.All(below, room => Assert.Contains(room, known));
            known.UnionWith(together);
        }
    });

    private static void Check(Assembly assembly, string[] rooms)
    {
        var allowed = new Dictionary<string, HashSet<string>>();
        foreach (var (together, below) in rooms.Select(Split))
        {
            foreach (string room in together)
                allowed.Add(room, [.. together, .. below]);
        }
        var unexpected = new List<string>();
        foreach (var (from, to) in SourceArrows.Of(assembly))
        {
            string room = Room(from);
            if (!allowed.TryGetValue(room, out var mayKnow))
                unexpected.Add($"{from} lies in {room}, which is not among the rooms of {assembly.GetName().Name}; say what it may know.");
            else if (!mayKnow.Contains(Room(to)))
                unexpected.Add($"{from} uses {to}, but {room} may not know {Room(to)}.");
        }
        if (unexpected.Count > 0)
            Assert.Fail(string.Join(Environment.NewLine, unexpected.Order(StringComparer.Ordinal)));
    }

    // With its own dependencies, which the tests do not have.
    private static Assembly LoadProgram()
    {
        var resolver = new AssemblyDependencyResolver(ServerProgram.AsyncServerPath);
        var context = new AssemblyLoadContext("program");
        context.Resolving += (context, name) =>
            resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        return context.LoadFromAssemblyPath(ServerProgram.AsyncServerPath);
    }

    private static string Room(string file) => Path.GetDirectoryName(file)!;

    private static (string[] Together, string[] Below) Split(string line)
    {
        string[] parts = line.Split(':');
        return (parts[0].Split('+', StringSplitOptions.TrimEntries), parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
