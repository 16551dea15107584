using System.Text;
using AsyncServer.Http;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>A chunked body of 16 KB, from the wire to its data. Wanted: no allocation.</summary>
[MemoryDiagnoser]
public class ChunkBenchmark
{
    private const int BodySize = 16 * 1024;

    private readonly byte[] _data = new byte[BodySize];
    private readonly byte[] _large = Body(4096);
    private readonly byte[] _small = Body(64);

    /// <summary>In chunks of 4 KB.</summary>
    [Benchmark(Baseline = true)]
    public int Large() => Decode(_large);

    /// <summary>In chunks of 64 bytes.</summary>
    [Benchmark]
    public int Small() => Decode(_small);

    private int Decode(byte[] source)
    {
        var decoder = new ChunkedDecoder(ParserLimits.Default, BodySize);
        return decoder.Decode(source, _data, out _, out int written) == ParseStatus.Complete
            ? written
            : throw new InvalidOperationException($"refused: {decoder.Rejection?.Reason}");
    }

    private static byte[] Body(int chunk) => Encoding.ASCII.GetBytes(
        string.Concat(Enumerable.Repeat($"{chunk:x}\r\n{new string('x', chunk)}\r\n", BodySize / chunk)) + "0\r\n\r\n");
}
