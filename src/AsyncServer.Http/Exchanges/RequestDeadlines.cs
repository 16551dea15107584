using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Sets the deadlines of a request: the app's while it works, the body's while the app waits for that, the client's while a response waits
/// to be sent. The app's time does not count while it waits for its client.
/// </summary>
internal sealed class RequestDeadlines
{
    private readonly TimeSpan _appTimeout;
    private readonly TransferPace _body;
    private readonly TransferPace _response;

    // Per connection that the exchange is lent to.
    private Connection _connection = null!;

    // Per request: how many of its app's waits are under way, for the body and for room to send.
    private int _waits;

    /// <param name="limits">The timeouts and rates.</param>
    /// <param name="received">Counts the body's bytes.</param>
    internal RequestDeadlines(HttpLimits limits, Func<long> received)
    {
        _appTimeout = limits.RequestTimeout;
        _body = new TransferPace(limits.EffectiveBody, limits.MinRequestBodyDataRate, received);
        _response = new TransferPace(limits.SendTimeout, limits.MinResponseDataRate, () => _connection.TakenCount);
    }

    /// <summary>The connection is busy from now on: what it sends counts.</summary>
    internal void Take(Connection connection)
    {
        _connection = connection;
        _waits = 0;
        _response.Start(connection.SentCount);
    }

    /// <summary>The exchange goes back to its pool.</summary>
    internal void Forget() => _connection = null!;

    /// <summary>The head of a request is there; its app starts.</summary>
    internal void BeginRequest(bool hasBody)
    {
        _waits = 0;
        if (hasBody)
            _body.Start(0);
        _connection.Deadlines.SetRead(_appTimeout, ConnectionPhase.App);
    }

    /// <summary>The app waits for bytes of its body.</summary>
    internal void BeginBodyWait()
    {
        _waits++;
        _connection.Deadlines.SetRead(_body, (byte)ConnectionPhase.Body);
    }

    internal void EndBodyWait()
    {
        _connection.Deadlines.ClearRead();
        _waits--;
    }

    /// <summary>The app has read: its time starts again, unless it waits for its client in another way.</summary>
    internal void RestartApp()
    {
        if (_waits == 0)
            _connection.Deadlines.SetRead(_appTimeout, ConnectionPhase.App);
    }

    /// <summary>The app, or what follows it, waits for its client to take a part of the response.</summary>
    internal void BeginResponseWait()
    {
        _waits++;
        if (_connection.Deadlines.ReadPhase == (byte)ConnectionPhase.App)
            _connection.Deadlines.ClearRead();
    }

    internal void EndResponseWait()
    {
        _waits--;
        RestartApp();
    }

    /// <summary>Bytes wait to be sent, the current response's or earlier ones'.</summary>
    internal void BeginSend() => _connection.Deadlines.SetWrite(_response, (byte)ConnectionPhase.Send);

    internal void EndSend() => _connection.Deadlines.ClearWrite();
}
