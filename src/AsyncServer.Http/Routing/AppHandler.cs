namespace AsyncServer.Http;

/// <summary>The one road from every shape of app to <see cref="RequestHandler"/>.</summary>
internal static class AppHandler
{
    internal static RequestHandler From(AppDelegate app) => (request, response, cancellation) =>
    {
        var answer = app(request, cancellation);
        return answer.IsCompletedSuccessfully ? response.SendAsync(answer.Result) : AwaitAsync(answer, response);
    };

    internal static RequestHandler From(Func<Request, CancellationToken, Response> app) =>
        (request, response, cancellation) => response.SendAsync(app(request, cancellation));

    internal static RequestHandler From(Func<Request, CancellationToken, Task<Response>> app) =>
        async (request, response, cancellation) => await response.SendAsync(await app(request, cancellation));

    private static async ValueTask AwaitAsync(ValueTask<Response> answer, ResponseWriter response) =>
        await response.SendAsync(await answer);
}
