namespace AsyncServer.Http;

/// <summary>
/// Limits how many requests of all hubs are in progress at a time. A bounded number of others waits, first come first served; what is
/// beyond that, or waited too long, is answered with 503 and Retry-After, and its connection goes on.
/// </summary>
internal sealed class RequestGate(
    HttpLimits limits, TimeProvider time, RequestHandler handler, RefusalHandler refuse, Overload overload)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<TaskCompletionSource> _queue = [];
    private int _running;

    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        LinkedListNode<TaskCompletionSource> turn;
        lock (_lock)
        {
            if (_running < limits.MaxConcurrentRequests)
            {
                _running++;
                turn = null!;
            }
            else if (_queue.Count < limits.MaxQueuedRequests)
            {
                turn = _queue.AddLast(new TaskCompletionSource()); // its coroutine goes on in its own turn, whoever sets it
            }
            else
            {
                return Refuse(request, response);
            }
        }
        return turn is null ? Run(request, response, cancellation) : WaitAsync(turn, request, response, cancellation);
    }

    private async ValueTask WaitAsync(LinkedListNode<TaskCompletionSource> turn, Request request, ResponseWriter response,
        CancellationToken cancellation)
    {
        var patience = limits.QueueTimeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : limits.QueueTimeout;
        bool isTooLate = false;
        try
        {
            await turn.Value.Task.WaitAsync(patience, time, cancellation);
        }
        catch (TimeoutException)
        {
            isTooLate = TryGiveUp(turn); // else its turn came at the last moment
        }
        catch (OperationCanceledException)
        {
            if (!TryGiveUp(turn))
                Leave(); // for the next one
            throw;
        }
        await (isTooLate ? Refuse(request, response) : Run(request, response, cancellation));
    }

    private ValueTask Run(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        ValueTask work;
        try
        {
            work = handler(request, response, cancellation);
        }
        catch
        {
            Leave();
            throw;
        }
        if (!work.IsCompleted)
            return LeaveAfterAsync(work);
        Leave();
        return work;
    }

    private async ValueTask LeaveAfterAsync(ValueTask work)
    {
        try { await work; }
        finally { Leave(); }
    }

    private ValueTask Refuse(Request request, ResponseWriter response)
    {
        overload.Note();
        return refuse(request, response, Overload.Answer);
    }

    // The slot goes to the longest waiter (FIFO), never to a request that has just arrived.
    private void Leave()
    {
        TaskCompletionSource next;
        lock (_lock)
        {
            if (_queue.First is not { } first)
            {
                _running--;
                return;
            }
            _queue.RemoveFirst();
            next = first.Value;
        }
        next.SetResult();
    }

    private bool TryGiveUp(LinkedListNode<TaskCompletionSource> turn)
    {
        lock (_lock)
        {
            if (turn.List is null)
                return false;
            _queue.Remove(turn);
            return true;
        }
    }
}
