using AsyncServer.Http;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsyncServer.Micro;

/// <summary>The <c>environ</c> of a request: made, and read by an app. Its values are made when they are asked for.</summary>
public class EnvironBenchmark : ServerBenchmark
{
    /// <summary>Made and not read.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task Make() => WithinRequest(static (request, response) => Of(request, response));

    /// <summary>Made and asked for the path and the method.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task ReadTwo() => WithinRequest(static (request, response) =>
    {
        var environ = Of(request, response);
        _ = environ.Path;
        _ = environ.Method;
    });

    /// <summary>Made and asked for every key, as a page that lists them does.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task ReadAll() => WithinRequest(static (request, response) =>
    {
        foreach (var _ in Of(request, response)) { }
    });

    private static Environ Of(Request request, ResponseWriter response) => new(request, response, NullLogger.Instance, default);
}
