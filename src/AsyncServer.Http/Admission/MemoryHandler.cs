namespace AsyncServer.Http;

/// <summary>Answers requests with 503 and Retry-After while memory is short.</summary>
internal sealed class MemoryHandler(MemoryGuard memory, RequestHandler next, RefusalHandler refuse, Overload overload)
{
    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (!memory.IsShort)
            return next(request, response, cancellation);
        overload.Note();
        return refuse(request, response, Overload.Answer);
    }
}
