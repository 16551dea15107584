namespace AsyncServer.Http;

/// <summary>The one road from every shape of app to <see cref="RequestHandler"/>.</summary>
internal static class AppHandler
{
    internal static RequestHandler From(AppDelegate app) => (request, response, cancellation) =>
    {
        var answer = app(request, cancellation);
        return answer.IsCompletedSuccessfully ? answer.Result.SendAsync(response.Live) : AwaitAsync(answer, response);
    };

    internal static RequestHandler From(Func<Request, CancellationToken, Response> app) =>
        (request, response, cancellation) => app(request, cancellation).SendAsync(response.Live);

    internal static RequestHandler From(Func<Request, CancellationToken, Task<Response>> app) =>
        async (request, response, cancellation) => await (await app(request, cancellation)).SendAsync(response.Live);

    private static async ValueTask AwaitAsync(ValueTask<Response> answer, ResponseWriter response) =>
        await (await answer).SendAsync(response.Live);
}
