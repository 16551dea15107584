using AsyncServer.Http;
using AsyncServer.Runtime;
using BenchmarkDotNet.Attributes;

namespace AsyncServer.Micro;

/// <summary>The head of a response, from its facts to bytes, with Date and Server. Wanted: no allocation.</summary>
public class ResponseHeadBenchmark : HubBenchmark
{
    private readonly byte[] _target = new byte[4096];
    private readonly ResponseHeaders _one = Headers(1);
    private readonly ResponseHeaders _ten = Headers(10);
    private ServerLines? _lines;

    /// <summary>Content-Type alone.</summary>
    [Benchmark(Baseline = true, OperationsPerInvoke = Rounds)]
    public Task OneHeader() => OnHub(() => Write(_one));

    /// <summary>Ten headers of the app's.</summary>
    [Benchmark(OperationsPerInvoke = Rounds)]
    public Task TenHeaders() => OnHub(() => Write(_ten));

    private Task Write(ResponseHeaders headers)
    {
        _lines ??= new ServerLines(Hub.Current!, withServer: true);
        var head = new ResponseHead(200, null, headers, Prepared: null, RequestId: null, ContentLength: 20, HasBody: true, BodyLength: 20,
            IsRequestUnread: false);
        for (int i = 0; i < Rounds; i++)
            if (Http1Head.MaxSize(head) <= _target.Length)
                Http1Head.Write(_target, head, Framing.Length, ConnectionField.None, _lines);
        return Task.CompletedTask;
    }

    private static ResponseHeaders Headers(int count)
    {
        var headers = new ResponseHeaders();
        headers.Add("Content-Type", "text/html; charset=utf-8");
        for (int i = 1; i < count; i++)
            headers.Add($"X-Header-{i}", $"the value of number {i}");
        return headers;
    }
}
