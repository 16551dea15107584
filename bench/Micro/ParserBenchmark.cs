using AsyncServer.Http;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>The head of a request, from bytes to slices, validated. Wanted: no allocation.</summary>
[MemoryDiagnoser]
public class ParserBenchmark
{
    private readonly RequestHead _head = new();

    /// <summary>A request line and Host.</summary>
    [Benchmark(Baseline = true)]
    public int Minimal() => Parse(RequestHeads.Minimal);

    /// <summary>A browser's, with 16 headers.</summary>
    [Benchmark]
    public int Browser() => Parse(RequestHeads.Browser);

    /// <summary>30 headers.</summary>
    [Benchmark]
    public int ThirtyHeaders() => Parse(RequestHeads.Many);

    private int Parse(byte[] message)
    {
        _head.Reset();
        return RequestParser.Parse(message, _head, ParserLimits.Default) == ParseStatus.Complete
            ? _head.Length
            : throw new InvalidOperationException($"refused: {_head.Rejection?.Reason}");
    }
}
