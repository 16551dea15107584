using System.Net;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>Writes into the server's log what hubs report.</summary>
internal sealed class HubLog(ILogger logger) : IHubObserver
{
    public void CoroutineFailed(Coroutine? coroutine, Exception exception) =>
        logger.CoroutineFailed(coroutine, exception);

    public void CoroutineAbandoned(Coroutine coroutine, TimeSpan grace) => logger.CoroutineAbandoned(coroutine, grace);

    public void AcceptPaused(EndPoint? endPoint, string reason, TimeSpan pause) => logger.AcceptPaused(endPoint, pause, reason);

    public void HubBlocked(Hub hub, BlockingStretch stretch) => logger.HubBlocked(hub.Id, stretch.Holder, stretch.Duration);

    public void HubFreed(Hub hub, BlockingStretch stretch) => logger.HubFreed(hub.Id, stretch.Duration, stretch.Holder);
}
