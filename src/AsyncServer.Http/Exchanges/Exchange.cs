using System.Net;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// A request with its response, whatever version of HTTP carries it. A connection holds one from the first byte of a request until it is
/// idle again; then it goes back to the pool. The version number tells uses after the request from uses within it. It belongs to the thread
/// of its connection's hub.
/// </summary>
internal abstract class Exchange
{
    private readonly Func<Request, ForwardedOrigin>? _findOrigin;
    private readonly bool _sendsRequestId;
    private readonly IServerObserver[] _observers;
    private readonly TimeProvider _time;

    // Per request.
    private string? _id;
    private ForwardedOrigin? _origin;
    private long? _started;
    private bool _isOpen; // until the observers know how it ended

    private protected Exchange(HttpService service, IServerObserver[] observers, RequestHead head, RequestBody body,
        IResponseEncoder encoder)
    {
        _findOrigin = service.Origin;
        _sendsRequestId = service.SendsRequestId;
        _observers = observers;
        _time = service.TimeProvider;
        Head = head;
        Body = body;
        Encoder = encoder;
        Response = new ResponseState(head, body, encoder);
    }

    internal RequestHead Head { get; }

    internal RequestBody Body { get; }

    internal ResponseState Response { get; }

    internal Connection Connection { get; private protected set; } = null!;

    /// <summary>Changes when a request ends: whoever kept an older one is told.</summary>
    internal int Version { get; private set; }

    /// <summary>The decoded path, once somebody asked for it or a route knew it.</summary>
    internal string? Path { get; set; }

    /// <summary>The path as it was sent, for the log: decoded, a line end in it would forge a line there.</summary>
    internal string SentPath => Encoding.Latin1.GetString((Head.TargetForm == TargetForm.Asterisk ? Head.Target : Head.Path).Of(Message));

    /// <summary>What the logs and the client call the request; made when somebody asks.</summary>
    internal string Id => _id ??= RequestId.Next();

    /// <summary>What trusted proxies say about where the request came from; empty without them.</summary>
    internal ForwardedOrigin Origin => _findOrigin is null ? default : _origin ??= _findOrigin(new Request(this));

    internal EndPoint? RemoteEndPoint => Origin.Client ?? Connection.RemoteEndPoint;

    /// <summary>The prefix that was taken from the path; null where the server has none.</summary>
    internal RootPath? Root { get; set; }

    /// <summary>The hub's time when the app did not answer at once.</summary>
    internal TimeSpan WaitingSince { get; set; }

    /// <summary>How it ends, where only the one who ends it knows.</summary>
    internal RequestEnding? Ending { get; set; }

    /// <summary>The bytes that the head's slices count in.</summary>
    internal abstract ReadOnlySpan<byte> Message { get; }

    /// <summary>As the request line, or an environ, has it.</summary>
    internal abstract string Protocol { get; }

    /// <summary>Whether a read or a write that somebody began has not ended.</summary>
    internal bool IsBusy => Body.IsReading || Response.IsWaiting;

    private IResponseEncoder Encoder { get; }

    internal int FormatRemoteAddress(Span<byte> text) => Origin.Client is { } client
        ? client.Address.TryFormat(text, out int written) ? written : 0
        : Connection.FormatRemoteAddress(text);

    /// <summary>A message was refused.</summary>
    internal void Refused(int status, int bytes)
    {
        var ending = Connection.Expired() is ConnectionPhase.Head or ConnectionPhase.Drain ? RequestEnding.HeadExpired
            : RequestEnding.Refused;
        if (_observers.Length > 0)
            // a message that never became a request has no body yet
            Tell(ending, isWhole: true, status, bytes, received: _isOpen ? Body.ReadSize : 0);
        _isOpen = false;
    }

    /// <summary>
    /// Tells that the request is cut off, whenever its app ends. Where a write is under way, that ends soon and says how far it got.
    /// </summary>
    internal void TellCut()
    {
        if (_isOpen && !IsBusy)
            TellEnd(isWhole: false);
    }

    /// <summary>Ends its use for good: what still reads or writes must never meet another connection's bytes.</summary>
    internal void Abandon()
    {
        if (_isOpen)
            TellEnd(isWhole: false);
        Version++;
    }

    private protected void Start()
    {
        Path = null;
        Root = null;
        Ending = null;
        Response.Begin();
        if (_observers.Length == 0)
            return;
        _isOpen = true;
        _started = _time.GetTimestamp();
        Response.RequestId = _sendsRequestId ? Id : null;
        foreach (var observer in _observers)
            observer.RequestStarted(this);
    }

    private protected void End()
    {
        if (_isOpen)
            TellEnd(isWhole: Response.IsWhole && !Encoder.IsBroken);
        Forget();
    }

    /// <summary>Leaves nothing of this connection behind for the next one.</summary>
    private protected void Forget()
    {
        _id = null;
        _origin = null;
        _started = null;
        Version++;
        Head.Reset();
    }

    private void TellEnd(bool isWhole)
    {
        long bytes = isWhole ? Response.BodySize : Math.Max(0, Response.BodySize - Encoder.Unsent);
        Tell(isWhole ? WholeEnding() : CutEnding(), isWhole, isWhole || Response.HasLeft ? Response.Status : 0, bytes, Body.ReadSize);
        _isOpen = false;
    }

    private RequestEnding WholeEnding() => Ending is RequestEnding.Refused or RequestEnding.BodyExpired ? Ending.Value
        : Body.HasFailed && Connection.Expired() == ConnectionPhase.Body ? RequestEnding.BodyExpired : RequestEnding.Answered;

    private RequestEnding CutEnding() => Ending ?? Connection.Expired() switch
    {
        ConnectionPhase.Body => RequestEnding.BodyExpired,
        ConnectionPhase.App => RequestEnding.AppExpired,
        ConnectionPhase.Send => RequestEnding.SendExpired,
        _ => RequestEnding.Abandoned,
    };

    private void Tell(RequestEnding ending, bool isWhole, int status, long bytes, long received)
    {
        var outcome = new RequestOutcome(ending, isWhole, status, received, bytes, _started, _time.GetTimestamp(), Connection.Expired());
        foreach (var observer in _observers)
            observer.RequestEnded(this, outcome);
    }
}
