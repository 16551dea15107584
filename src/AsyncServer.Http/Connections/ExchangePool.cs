using Microsoft.Extensions.ObjectPool;

namespace AsyncServer.Http;

/// <summary>
/// The exchanges of one hub that nobody uses, with their buffers: the one that was used last, and so is warm, comes first. Used on
/// the hub's thread alone, so that it needs no interlocked operation.
/// </summary>
internal sealed class ExchangePool(HttpService service, AccessLogBuffer? accessLog, int maxRetained) : ObjectPool<Exchange>
{
    private readonly Stack<Exchange> _free = new(maxRetained);

    public override Exchange Get() => _free.TryPop(out var exchange) ? exchange : new Exchange(service, accessLog);

    public override void Return(Exchange exchange)
    {
        if (exchange.IsBusy || exchange.Output.IsSendingEarlier)
        {
            exchange.Abandon();
        }
        else if (_free.Count < maxRetained)
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
