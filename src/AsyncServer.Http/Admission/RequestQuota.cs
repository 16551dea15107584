namespace AsyncServer.Http;

/// <summary>Counts the requests of a server that is to be replaced after a number of them.</summary>
internal sealed class RequestQuota(int requests, RequestHandler next)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = requests;

    /// <summary>Ends when the last of them has begun; further ones are answered all the same.</summary>
    internal Task Reached => _reached.Task;

    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (Interlocked.Decrement(ref _left) == 0)
            _reached.SetResult();
        return next(request, response, cancellation);
    }
}
