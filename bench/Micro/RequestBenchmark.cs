using AsyncServer.Http;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>
/// Whole requests, from the bytes that came to the bytes that leave, without the kernel. Wanted: no allocation but for the shape of WSGI.
/// </summary>
public class RequestBenchmark : ServerBenchmark
{
    // As many as a connection answers in one turn.
    private const int RequestsPerArrival = 16;

    private static readonly (string, string)[] Plain = [("Content-Type", "text/plain")];
    private static readonly byte[] Delegate = Arrival("/delegate");
    private static readonly byte[] Wsgi = Arrival("/application");
    private static readonly byte[] File = Arrival("/1k.txt");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-micro");

    /// <inheritdoc/>
    protected override string? Root => _folder.FullName;

    /// <summary>A line of text from an <c>AppDelegate</c>.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task AppDelegate() => ServeAsync(Delegate, Rounds / RequestsPerArrival);

    /// <summary>The same from an <c>Application</c>.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task Application() => ServeAsync(Wsgi, Rounds / RequestsPerArrival);

    /// <summary>A file of 1 KB that is in memory.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task StaticHit() => ServeAsync(File, Rounds / RequestsPerArrival);

    /// <inheritdoc/>
    protected override void Map(RouteTable routes)
    {
        System.IO.File.WriteAllBytes(Path.Combine(_folder.FullName, "1k.txt"), new byte[1024]);
        routes.Map("/delegate", static (_, _) => Response.Text("Hello, this is plain"));
        routes.Map("/application", static (_, startResponse) =>
        {
            startResponse("200 OK", Plain);
            return "Hello, this is plain";
        });
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    private static byte[] Arrival(string path) =>
        [.. Enumerable.Repeat(RequestHeads.To(path), RequestsPerArrival).SelectMany(static bytes => bytes)];
}
