using Microsoft.Extensions.ObjectPool;

namespace AsyncServer.Http;

/// <summary>
/// The exchanges of one hub that nobody uses, with their buffers: the one that was used last, and so is warm, comes first. Used on
/// the hub's thread alone, so that it needs no interlocked operation.
/// </summary>
internal sealed class ExchangePool(HttpService service, AccessLogBuffer? accessLog) : ObjectPool<Exchange>
{
    // More than a hub usually has in flight at once, 1 MB of buffers; further ones are made, and give their buffers back.
    private const int MaxRetained = 32;

    private readonly Stack<Exchange> _free = new(MaxRetained);

    public override Exchange Get() => _free.TryPop(out var exchange) ? exchange : new Exchange(service, accessLog);

    public override void Return(Exchange exchange)
    {
        if (exchange.IsBusy)
        {
            exchange.Abandon();
        }
        else if (_free.Count < MaxRetained)
        {
            exchange.Release(keepBuffers: true);
            _free.Push(exchange);
        }
        else
        {
            exchange.Release(keepBuffers: false);
        }
    }
}
