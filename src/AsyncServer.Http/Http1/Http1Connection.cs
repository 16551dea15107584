using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// An HTTP/1.x connection: the loop that reads, answers and waits. <see cref="RunAsync"/> is the only state machine that is
/// alive while the connection is idle, and then it holds no buffer: reading, parsing and answering are plain methods, and
/// async ones are entered only when they must wait.
/// </summary>
internal sealed partial class Http1Connection
{
    // A client that never sent a request may be about to when the drain begins.
    private static readonly TimeSpan FirstRequestGrace = TimeSpan.FromSeconds(1);

    private enum Ending : byte { None, Close, Linger, Refuse, Abort }

    // Per connection.
    private readonly Connection _connection;
    private readonly Http1Context _context;
    private int _served;
    private Ending _ending;
    private bool _graceGiven;
    private bool _isFlushing;

    // Per request; none while idle.
    private Http1Exchange? _exchange;
    private bool _headDeadlineSet;

    internal Http1Connection(Connection connection, Http1Context context)
    {
        _connection = connection;
        _context = context;
    }

    // Drained while it was busy, it looks once for a request that has come already, and waits for none.
    private bool IsLastLook => _connection.IsDraining && _connection.IsIdle && _served > 0;

    // Also where it was the last chance before the drain.
    private bool IsHeadTooSlow => _connection.Expired() is ConnectionPhase.Head or ConnectionPhase.Drain
        && _exchange is { Head.HasBegun: true };

    private HttpLimits Limits => _context.Service.Limits;

    /// <summary>Serves the connection to its end and closes it. It throws nothing that a peer or an app can cause.</summary>
    internal async Task RunAsync()
    {
        if (Coroutine.Current is { } coroutine)
            coroutine.Subject = this;
        try
        {
            foreach (var observer in _context.Observers)
                observer.ConnectionStarted(_connection);
            BeginIdle();
            while (IsLastLook || await _connection.WaitReadableAsync())
            {
                if (!Receive())
                    break;
                for (int turn = 1; Parse(); turn++)
                {
                    var answer = Answer();
                    if (!answer.IsCompletedSuccessfully)
                        await answer;
                    if (_ending != Ending.None)
                        break;
                    if (turn % TurnBudget.Requests == 0)
                        await Coroutine.Yield();
                }
                if (!_exchange!.Output.TryFlush(_connection))
                    await FlushSlowlyAsync();
                if (_ending != Ending.None || _exchange.Output.IsBroken)
                    break;
                AwaitMore();
            }
            if (_ending == Ending.Refuse)
                await SendRefusalAsync(_exchange!.Head.Rejection!.Status);
            else if (_ending == Ending.None && IsHeadTooSlow)
                await RefuseSlowAsync();
            if (_ending == Ending.Linger)
                await Lingering.RunAsync(_connection);
        }
        catch (Exception exception)
        {
            // Nothing that a peer or an app does comes here: this is a bug in this server, and ends this connection alone.
            _context.Service.Logger.ConnectionFailed(_connection.RemoteEndPoint, exception);
            _exchange?.Ending = RequestEnding.ServerFailed;
            _ending = Ending.Abort;
        }
        finally
        {
            End();
        }
    }

    /// <summary>What it does, for reports. They may ask from another thread, which sees what there is at that moment.</summary>
    public override string ToString() => _exchange is { Head.Method: { Length: > 0 } method } exchange
        ? $"{method} {exchange.SentPath} from {_connection.RemoteEndPoint}"
        : $"no request from {_connection.RemoteEndPoint}";

    private void BeginIdle()
    {
        _connection.IsIdle = true;
        if (_connection.IsDraining)
            _ = MayWaitWhileDraining();
        else
            _connection.Deadlines.SetRead(Limits.EffectiveKeepAlive, ConnectionPhase.KeepAlive);
    }

    // Takes what has arrived; false when the connection is over.
    private bool Receive()
    {
        _exchange ??= _context.Rent(_connection);
        var result = _exchange.Input.ReceiveFrom(_connection);
        switch (result.Status)
        {
            case TransferStatus.Done:
                _connection.IsIdle = false;
                return true;
            case TransferStatus.WouldBlock when _connection.IsDraining:
                return !_connection.IsIdle || MayWaitWhileDraining();
            case TransferStatus.WouldBlock:
                return true;
            default:
                return false; // FIN or reset between requests, or inside of a head: no answer is owed
        }
    }

    // Whether there is a whole request to answer. A refused one is answered here.
    private bool Parse()
    {
        var exchange = _exchange!;
        if (exchange.Input.IsEmpty)
            return false;
        switch (RequestParser.Parse(exchange.Message, exchange.Head, _context.ParserLimits))
        {
            case ParseStatus.Complete:
                return true;
            case ParseStatus.Invalid:
                Refuse();
                return false;
            default:
                return false;
        }
    }

    private ValueTask Answer()
    {
        var exchange = _exchange!;
        bool isLast = ++_served == Limits.MaxRequestsPerConnection;
        exchange.BeginRequest(isLast);
        exchange.Deadlines.BeginRequest(exchange.Head.HasBody); // before the app starts: its first wait sets another one
        ValueTask work;
        try
        {
            work = _context.Service.Handler(new Request(exchange), new ResponseWriter(exchange), _connection.CancellationToken);
        }
        catch (Exception exception)
        {
            _context.RestoreExecutionContext();
            return FailAsync(exception); // the app's
        }
        _context.RestoreExecutionContext(); // here, where no async method has captured it yet
        if (!work.IsCompletedSuccessfully)
            return AwaitAppAsync(work);
        work.GetAwaiter().GetResult();
        return Finish();
    }

    private async ValueTask AwaitAppAsync(ValueTask work)
    {
        var exchange = _exchange!;
        exchange.WaitingSince = _connection.Hub.Now;
        if (!work.IsCompleted)
            exchange.Output.SendEarlier(_connection, exchange.Encoder.Start); // earlier answers do not wait for this app
        _context.Waiting.Add(this);
        var cut = _connection.CancellationToken.UnsafeRegister(static self => ((Http1Connection)self!).CutOff(), this);
        Exception? failure = null;
        try
        {
            await work;
        }
        catch (Exception exception)
        {
            failure = exception; // the app's
        }
        cut.Unregister();
        await (failure is null ? Finish() : FailAsync(failure));
        WaitsNoMore();
    }

    private async ValueTask FlushSlowlyAsync()
    {
        _exchange!.WaitingSince = _connection.Hub.Now;
        _isFlushing = _context.Waiting.Add(this);
        await _exchange.Output.FlushAsync(_connection);
        _isFlushing = false;
        WaitsNoMore();
    }

    private void WaitsNoMore()
    {
        if (ReferenceEquals(Hub.Current, _connection.Hub))
            _context.Waiting.Remove(this); // an app that outlives its hub ends on the thread pool
    }

    // The connection cannot carry the answer any more: it ends now, whenever its app does.
    private void CutOff()
    {
        var expired = _connection.Expired();
        if (_exchange is null || expired == ConnectionPhase.Body)
            return; // a client that sends too slowly gets the app's answer, or a 408
        _exchange.TellCut();
        if (_connection.IsClosed)
            return;
        if (expired == ConnectionPhase.Send)
            _context.Service.Logger.ClientTooSlow(_exchange.Head.Method, _exchange.SentPath, expired.Name());
        else if (expired != ConnectionPhase.None)
            _context.Service.Logger.RequestTimedOut(_exchange.Head.Method, _exchange.SentPath, expired.Name());
        _connection.Abort();
    }

    // The app is done: end the response and see whether the connection can go on.
    private ValueTask Finish()
    {
        var exchange = _exchange!;
        if (_connection.IsClosed)
        {
            Abandon();
            return ValueTask.CompletedTask;
        }
        if (exchange.IsBusy)
            return FailAsync(new InvalidOperationException(
                "The app returned while a read or a write of its own was under way; it must await them."));
        ValueTask end;
        try
        {
            end = exchange.Response.EndAsync();
        }
        catch (InvalidOperationException exception)
        {
            return FailAsync(exception); // the app's headers cannot be sent
        }
        if (!end.IsCompletedSuccessfully || !exchange.Body.IsAtEnd)
            return FinishSlowlyAsync(end);
        Settle();
        return ValueTask.CompletedTask;
    }

    private async ValueTask FinishSlowlyAsync(ValueTask end)
    {
        var exchange = _exchange!;
        if (_context.Waiting.Add(this)) // else the app has waited before
            exchange.WaitingSince = _connection.Hub.Now;
        await end;
        if (!exchange.Encoder.Close && !exchange.Body.TryDiscardBuffered())
        {
            await exchange.Output.FlushAsync(_connection); // the client may wait for it before it sends the rest
            if (exchange.Output.IsBroken || !await UnreadBody.DiscardAsync(exchange.Body))
                exchange.Encoder.Close = true;
        }
        WaitsNoMore();
        Settle();
    }

    private void Settle()
    {
        var exchange = _exchange!;
        if (exchange.Output.IsBroken)
        {
            _ending = Ending.Abort;
        }
        else if (!exchange.Response.IsWhole)
        {
            exchange.Ending = RequestEnding.TooShort;
            _context.Service.Logger.ResponseTooShort(exchange.Head.Method, exchange.SentPath);
            _ending = Ending.Abort;
        }
        else if (exchange.Encoder.Close)
        {
            // A client that asked for the end should send nothing more. Where the answer goes in one piece, that is relied on; of a
            // longer one the system would drop what it has not delivered if so much as an empty line came after the close.
            bool mayStillSend = exchange.Head.KeepAlive || !exchange.Body.IsAtEnd || !exchange.Input.IsEmpty;
            _ending = mayStillSend || exchange.Response.HasLeft ? Ending.Linger : Ending.Close;
        }
        else if (_connection.Expired() != ConnectionPhase.None)
        {
            _ending = Ending.Linger; // as the app ended: its token is cancelled for good, which is not the next request's
        }
        exchange.EndRequest();
        _headDeadlineSet = false;
    }

    // The app threw.
    private async ValueTask FailAsync(Exception exception)
    {
        var exchange = _exchange!;
        if (_connection.IsClosed || exchange.Output.IsBroken
            || (_connection.CancellationToken.IsCancellationRequested && _connection.Expired() != ConnectionPhase.Body))
        {
            Abandon();
            return;
        }
        var bodyFailure = exception as RequestBodyException;
        if (bodyFailure is null)
            _context.Service.Logger.AppFailed(exchange.Head.Method, exchange.SentPath, exchange.Id, exception);
        else
            ReportRefusedBody(exchange, bodyFailure);
        if (exchange.IsBusy || !exchange.Response.TryTakeBack())
        {
            exchange.Ending ??= RequestEnding.AppFailed;
            Cut(); // no final chunk: the client must not take this for the whole
            return;
        }
        exchange.Encoder.Close |= bodyFailure is not null;
        try
        {
            await (bodyFailure is null
                ? _context.Service.FailAsync(new Request(exchange), new ResponseWriter(exchange), exception, exchange.Id)
                : _context.Service.Refuse(new Request(exchange), new ResponseWriter(exchange), Response.Status(bodyFailure.StatusCode)));
        }
        catch (IOException)
        {
            Cut(); // the client has gone while earlier answers made room for this one
            return;
        }
        await Finish();
    }

    private void Abandon()
    {
        var expired = _connection.Expired();
        if (expired == ConnectionPhase.Send)
            _context.Service.Logger.ClientTooSlow(_exchange!.Head.Method, _exchange.SentPath, expired.Name());
        else
            _context.Service.Logger.RequestAbandoned(_exchange!.Head.Method, _exchange.SentPath);
        Cut();
    }

    private void Cut()
    {
        _ending = Ending.Abort;
        _exchange!.Output.Break();
    }

    // Everything whole is answered: become idle, or wait for the rest of a head.
    private void AwaitMore()
    {
        var exchange = _exchange!;
        if (exchange.Head.HasBegun)
        {
            if (_connection.IsDraining && !_graceGiven)
                GiveGrace(); // a head that is not whole is no request in flight: it may become one in time
            else if (!_headDeadlineSet && !_connection.IsDraining)
                _connection.Deadlines.SetRead(Limits.EffectiveHeaders, ConnectionPhase.Head);
            _headDeadlineSet = true;
            return;
        }
        _headDeadlineSet = false;
        if (exchange.Input.IsEmpty)
        {
            _context.Return(exchange);
            _exchange = null;
        } // else it is the empty line that may precede a request, kept so that a second one is refused
        if (!_connection.IsIdle)
            BeginIdle();
    }

    private bool MayWaitWhileDraining()
    {
        if (_served > 0 || _graceGiven)
            return false;
        GiveGrace();
        return true;
    }

    private void GiveGrace()
    {
        _graceGiven = true;
        _connection.Deadlines.SetRead(FirstRequestGrace, ConnectionPhase.Drain);
    }

    private void End()
    {
        WaitsNoMore();
        bool isBroken = false;
        if (_exchange is { } exchange)
        {
            isBroken = exchange.Output.IsBroken;
            _exchange = null;
            _context.Return(exchange);
        }
        foreach (var observer in _context.Observers)
            observer.ConnectionEnded(_connection, _served);
        if (_connection.IsClosed)
            return; // possibly with its hub: then this is not its thread
        if (_ending == Ending.Abort || isBroken)
            _connection.Abort();
        else
            _connection.Close();
    }
}
