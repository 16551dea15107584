namespace AsyncServer.Http;

/// <summary>Messages that never become requests, and what is said of requests that a stop cuts off.</summary>
internal sealed partial class Http1Connection
{
    // Answers a message that is no request of ours. Nothing after it is read as one.
    private void Refuse()
    {
        var exchange = _exchange!;
        var rejection = exchange.Head.Rejection!;
        _context.Service.Logger.RequestRefused(_connection.RemoteEndPoint, rejection.Status, rejection.Reason);
        if (exchange.Output.Free < Http1Head.FixedSize && !exchange.Output.TryFlush(_connection))
        {
            _ending = Ending.Refuse; // once the answers to earlier requests have left
            return;
        }
        ErrorAnswer.Write(exchange, rejection.Status, _context.Lines);
        _ending = Ending.Linger;
    }

    // The app let it pass, so the server answers. One that is too slow says in which phase.
    private void ReportRefusedBody(Http1Exchange exchange, RequestBodyException failure)
    {
        var expired = _connection.Expired();
        exchange.Ending = expired == ConnectionPhase.Body ? RequestEnding.BodyExpired : RequestEnding.Refused;
        string phase = expired == ConnectionPhase.None ? "" : $" (phase: {expired.Name()})";
        _context.Service.Logger.RequestRefused(_connection.RemoteEndPoint, failure.StatusCode, failure.Message + phase);
    }

    private ValueTask RefuseSlowAsync()
    {
        const int RequestTimeout = 408;
        _context.Service.Logger.RequestRefused(_connection.RemoteEndPoint, RequestTimeout,
            $"the request head came too slowly (phase: {_connection.Expired().Name()})");
        return SendRefusalAsync(RequestTimeout);
    }

    private async ValueTask SendRefusalAsync(int status)
    {
        var exchange = _exchange!;
        ErrorAnswer.Write(exchange, status, _context.Lines);
        await exchange.Output.FlushAsync(_connection);
        _ending = Ending.Linger;
    }

    /// <summary>Says in the log that a stop cuts this request off, and why.</summary>
    internal void ReportCut(string reason)
    {
        if (_connection.IsClosed)
            return; // its deadline did that before
        var exchange = _exchange!;
        exchange.Ending = RequestEnding.CutByStop;
        var age = _connection.Hub.Now - exchange.WaitingSince;
        string phase = exchange.Response.IsWaiting ? "waiting for the client to read"
            : exchange.Body.IsReading ? "waiting for its body" : "in the app";
        if (_isFlushing)
            _context.Service.Logger.AnswersCut(_connection.RemoteEndPoint, age, reason);
        else
            _context.Service.Logger.RequestCut(exchange.Head.Method, exchange.SentPath, _connection.RemoteEndPoint, age, phase, reason);
    }
}
