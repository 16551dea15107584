using AsyncServer.Http;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>Which app answers a path, in a table of 100 paths and 10 prefixes. Wanted: an exact path allocates nothing.</summary>
public class RouteBenchmark : ServerBenchmark
{
    private const int Exact = 100;
    private const int Prefixes = 10;

    /// <summary>A path that is in the table.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task ExactPath() => WithinRequest((request, _) => Routes.Find(request));

    /// <summary>A path below a prefix.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task Prefix() => WithinRequest((request, _) => Routes.Find(request), "/prefix0/and/more");

    /// <inheritdoc/>
    protected override void Map(RouteTable routes)
    {
        for (int i = 0; i < Exact; i++)
            routes.Map($"/api/things/{i}", static (_, _) => Response.Empty());
        for (int i = 0; i < Prefixes; i++)
            routes.MapHandler($"/prefix{i}/*", MeasureAsync);
    }
}
