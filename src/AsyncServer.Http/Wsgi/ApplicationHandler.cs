namespace AsyncServer.Http;

/// <summary>The road from <see cref="Application"/> to <see cref="RequestHandler"/>.</summary>
internal static class ApplicationHandler
{
    internal static RequestHandler From(Application app, ErrorLog errors) =>
        (request, response, cancellation) => HandleAsync(app, errors, request, response, cancellation);

    internal static ValueTask HandleAsync(
        Application app, ErrorLog errors, Request request, ResponseWriter response, CancellationToken cancellation)
    {
        var start = new ResponseStart(response);
        var environ = new Environ(request, response, errors.Logger, cancellation);
        ValueTask<Body> answer;
        try
        {
            answer = app(environ, start.Start);
        }
        catch
        {
            environ.End();
            throw;
        }
        if (!answer.IsCompletedSuccessfully || environ.MustEnd)
            return AwaitAsync(answer, environ, response, start, cancellation);
        // Most answers are there at once and send without waiting: no async method is entered for them.
        var body = answer.Result;
        return body.IsSequence
            ? AwaitAsync(new ValueTask<Body>(body), environ, response, start, cancellation) // its steps are the app's code too
            : body.SendAsync(response, start, cancellation);
    }

    private static async ValueTask AwaitAsync(
        ValueTask<Body> answer, Environ environ, ResponseWriter response, ResponseStart start, CancellationToken cancellation)
    {
        try
        {
            var body = await answer;
            await body.SendAsync(response, start, cancellation);
        }
        finally
        {
            environ.End();
        }
    }
}
