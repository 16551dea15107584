using System.Runtime.ExceptionServices;

namespace AsyncServer.Runtime;

/// <summary>A call on a <see cref="WorkerThreads"/> thread, and the coroutine that waits for it.</summary>
internal sealed class BlockingCall<T>(Hub hub, Func<T> function)
{
    private readonly TimedWait _wait = new(hub, "a blocking call");
    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private T? _result;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _isAbandoned;

    internal async ValueTask<T> RunAsync(WorkerThreads threads)
    {
        var end = _wait.BeginAsync(Timeout.InfiniteTimeSpan, CancellationToken.None);
        if (_wait.IsPending)
            threads.Enqueue(Run);
        bool hasEnded = false;
        try { hasEnded = await end; }
        finally { _isAbandoned = !hasEnded; }
        _failure?.Throw();
        return _result!;
    }

    private void Run()
    {
        if (_isAbandoned)
            return;
        try
        {
            if (_context is null)
                Call();
            else
                ExecutionContext.Run(_context, static self => ((BlockingCall<T>)self!).Call(), this);
        }
        catch (Exception exception)
        {
            _failure = ExceptionDispatchInfo.Capture(exception); // the caller's
        }
        hub.Post(End);
    }

    private void Call() => _result = function();

    private void End()
    {
        if (_wait.IsPending)
            _wait.Complete(true);
        else if (_failure is { } failure)
            hub.ReportFailure(null, failure.SourceException); // who waited was killed
    }
}
