using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using AsyncServer.Runtime;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Runtime;

/// <summary>The snippets of docs/gevent.md, as they stand there.</summary>
public sealed partial class GeventDocumentTests
{
    [Fact]
    public void Snippet_InShort_PrintsSquares()
    {
        var lines = new List<string>();
        PrintSquares(new FakeConsole(lines));
        Assert.Equal(["1 4 9"], lines);
    }

    private static void PrintSquares(FakeConsole Console)
    {
        Hub.Run(async () =>
        {
            var jobs = Enumerable.Range(1, 3).Select(number => Coroutine.Spawn(async () =>
            {
                await Coroutine.Sleep(TimeSpan.FromMilliseconds(10)); // this coroutine waits, the hub goes on
                return number * number;
            })).ToList();
            await Coroutine.JoinAllAsync(jobs, timeout: TimeSpan.FromSeconds(2));
            Console.WriteLine(string.Join(' ', jobs.Select(job => job.Value)));
        });
    }

    [Fact]
    public void Snippet_OfABlockingCall_GoesOnHere() => Hub.Run(async () =>
    {
        var hub = Hub.Current;
        string path = ServerProgram.RepositoryRoot + "/AsyncServer.sln";
        long size = await Hub.RunBlockingAsync(() => new FileInfo(path).Length); // on a thread; goes on here
        Assert.True(size > 0);
        Assert.Same(hub, Hub.Current);
    });

    [Fact]
    public void Snippet_OfASpawnThatNobodyAwaits_Runs()
    {
        int counter = 0;
        Hub.Run(async () =>
        {
            await Coroutine.Yield();
            _ = Coroutine.Spawn(async () => { await Coroutine.Yield(); counter++; });
        });
        Assert.Equal(1, counter);
    }

    [Fact]
    public void Snippet_OfFailures_TellsTheObserver()
    {
        var observer = new Observer();
        Hub.Run(async () =>
        {
            _ = Coroutine.Spawn(() => throw new FormatException("nobody looks"));
            await Coroutine.Yield();
        }, new HubOptions { Observer = observer });
        Assert.Equal("nobody looks", Assert.IsType<FormatException>(observer.Failure).Message);
    }

    [Fact]
    public void Snippet_OfKill_EndsTheCoroutine() => Hub.Run(async () =>
    {
        var worker = Coroutine.Spawn(async () =>
        {
            await Coroutine.Sleep(TimeSpan.FromMilliseconds(1));                            // ends by itself when killed
            await Task.Delay(Timeout.Infinite, Coroutine.Current!.CancellationToken);       // needs the token
        });
        bool hasEnded = await worker.KillAsync(grace: TimeSpan.FromSeconds(5));
        Assert.True(hasEnded);
    });

    [Fact]
    public void Snippet_OfATimeLimit_ReturnsTheResult() => Hub.Run(async () =>
    {
        int answer = await Coroutine.WithTimeoutAsync(TimeSpan.FromSeconds(5), async cancellation =>
        {
            await Task.Delay(1, cancellation);
            return 42;
        });
        Assert.Equal(42, answer);
    });

    [Fact]
    public void Snippet_OfAGroup_WaitsForItsMembers() => Hub.Run(async () =>
    {
        int counter = 0;
        await using (var group = new CoroutineGroup { CancelOnFailure = true }) // one fails: all end, and JoinAsync throws
        {
            _ = group.Spawn(async () => { await Coroutine.Yield(); counter++; });
            _ = group.Spawn(async () => { await Coroutine.Yield(); counter++; });
            await group.JoinAsync();
        }
        Assert.Equal(2, counter);
    });

    [Fact]
    public void Snippet_OfAPool_Maps() => Hub.Run(async () =>
    {
        string[] words = ["a", "bcd", "ef"];
        await using var pool = new CoroutinePool(size: 2);
        int[] lengths = await pool.MapAsync(words, async word => { await Coroutine.Yield(); return word.Length; });
        Assert.Equal([1, 3, 2], lengths);
    });

    [Fact]
    public void Snippet_OfThePlatformsPrimitives_Works() => Hub.Run(async () =>
    {
        using var places = new SemaphoreSlim(3);
        var queue = Channel.CreateBounded<string>(10);
        await places.WaitAsync(Coroutine.Current!.CancellationToken);
        await queue.Writer.WriteAsync("from one hub to another");
        places.Release();
        Assert.Equal((3, 1), (places.CurrentCount, queue.Reader.Count));
    });

    [Fact]
    public void Snippet_OfAServer_Echoes() => Hub.Run(async () =>
    {
        await using var server = new StreamServer("127.0.0.1:0", async (connection, cancellation) =>
        {
            byte[] buffer = new byte[4096];
            while (await connection.ReceiveAsync(buffer, cancellation) is > 0 and var count)
                await connection.SendAsync(buffer.AsMemory(0, count), cancellation);
        });
        await server.StartAsync();
        using var client = await Connection.ConnectAsync(server.LocalEndPoint);
        await client.SendAsync("hello"u8.ToArray());
        byte[] answer = new byte[5];
        await client.AsStream().ReadExactlyAsync(answer);
        Assert.Equal("hello"u8, answer);

        string tree = RunInfo.Capture(); // hubs, coroutines, and what each waits for
        Assert.Contains($"accepting on {server.LocalEndPoint}", tree);
    });

    [Fact]
    public void Snippet_OfAProcessAndASignal_Works() => Hub.Run(async () =>
    {
        var hub = Hub.Current!;
        var stopped = new AsyncEvent();
        using var process = Process.Start(new ProcessStartInfo("uname", "-s") { RedirectStandardOutput = true })!;
        string system = await process.StandardOutput.ReadToEndAsync(Coroutine.Current!.CancellationToken);

        using var onTerm = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true; // do not end the process: the hub will
            hub.Post(stopped.Set);
        });
        Assert.Equal("Linux\n", system);
        Assert.Same(hub, Hub.Current);
    });

    [Fact]
    public void Snippet_OfTheReadme_WithoutPages_Ends() => FetchAll([]);

    private static void FetchAll(string[] args)
    {
        Hub.Run(async () =>
        {
            await using var pool = new CoroutinePool(size: 10);               // at most ten at a time
            await foreach (var (url, length) in pool.MapUnordered(args, FetchAsync))
                Console.WriteLine($"{length} {url}");                         // as they come
        });

        static async Task<(string, int)> FetchAsync(string url)
        {
            using var client = new HttpClient();
            string page = await Coroutine.WithTimeoutAsync(TimeSpan.FromSeconds(10),
                cancellation => client.GetStringAsync(url, cancellation));
            return (url, page.Length);
        }
    }

    [Fact]
    public void Snippet_OfTheDocument_StandsInThisFile()
    {
        string here = Unindented(File.ReadAllText(Path.Combine(ServerProgram.RepositoryRoot, "tests/Unit/Runtime/GeventDocumentTests.cs")));
        string[] snippets = [.. Blocks("docs/gevent.md"),
            .. Blocks("README.md").Where(static block => block.Contains("Hub.Run", StringComparison.Ordinal))
            .Select(static block => block[block.IndexOf("Hub.Run", StringComparison.Ordinal)..])];
        Assert.True(snippets.Length >= 9);
        Assert.All(snippets, snippet => Assert.Contains(Unindented(snippet), here, StringComparison.Ordinal));
    }

    /// <summary>The types that the tables send readers to are public and have such members.</summary>
    [Fact]
    public void Table_OfTheDocument_NamesWhatThereIs()
    {
        var types = typeof(Hub).Assembly.GetExportedTypes().ToLookup(static type => type.Name.Split('`')[0]);
        var named = Member().Matches(Document).Where(match => types.Contains(match.Groups["type"].Value)).ToList();
        Assert.True(named.Count > 20);
        Assert.All(named, match => Assert.Contains(
            types[match.Groups["type"].Value], type => type.GetMember(match.Groups["member"].Value).Length > 0));
    }

    private static IEnumerable<string> Blocks(string file) =>
        Block().Matches(File.ReadAllText(Path.Combine(ServerProgram.RepositoryRoot, file)))
            .Select(static block => block.Groups["text"].Value);

    private static string Document => File.ReadAllText(Path.Combine(ServerProgram.RepositoryRoot, "docs/gevent.md"));

    private static string Unindented(string text) => string.Join('\n', text.Split('\n').Select(static line => line.Trim()));

    [GeneratedRegex(@"^```csharp\n(?<text>.*?)\n```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"\b(?<type>[A-Z]\w+)\.(?<member>[A-Z]\w+)")]
    private static partial Regex Member();

    private sealed class FakeConsole(List<string> lines)
    {
        internal void WriteLine(string line) => lines.Add(line);
    }

    private sealed class Observer : IHubObserver
    {
        internal Exception? Failure { get; private set; }

        public void CoroutineFailed(Coroutine? coroutine, Exception exception) => Failure = exception;

        public void CoroutineAbandoned(Coroutine coroutine, TimeSpan grace) => Assert.Fail($"{coroutine} was abandoned");

        public void AcceptPaused(EndPoint? endPoint, string reason, TimeSpan pause) => Assert.Fail(reason);

        public void HubBlocked(Hub hub, BlockingStretch stretch)
        {
            // A busy machine.
        }
    }
}
