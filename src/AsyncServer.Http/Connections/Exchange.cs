using System.Net;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// All state of a request and its response, with their buffers. A connection holds one from the first byte of a request until
/// it is idle again; then it goes back to the pool. The version tells uses after the request from uses within it.
/// </summary>
internal sealed class Exchange
{
    private readonly AccessLogBuffer? _log;
    private readonly Forwarding? _forwarding;

    // Per request.
    private string? _id;
    private ForwardedOrigin? _origin;
    private long? _began; // until the access log has its line

    internal Exchange(HttpService service, AccessLogBuffer? log)
    {
        var limits = service.Limits;
        _log = log;
        _forwarding = service.Forwarding;
        Deadlines = new RequestDeadlines(limits, () => Body!.Received);
        Output = new OutputBuffer(Deadlines);
        Body = new RequestBody(limits, Input, Output, Deadlines);
        Response = new ResponseState(Head, Body, Output);
    }

    internal RequestDeadlines Deadlines { get; }

    internal InputBuffer Input { get; } = new();

    internal OutputBuffer Output { get; }

    internal RequestHead Head { get; } = new();

    internal RequestBody Body { get; }

    internal ResponseState Response { get; }

    internal Connection Connection { get; private set; } = null!;

    /// <summary>Changes when a request ends: whoever kept an older one is told.</summary>
    internal int Version { get; private set; }

    /// <summary>The decoded path, once somebody asked for it or a route knew it.</summary>
    internal string? Path { get; set; }

    /// <summary>The path as it was sent, for the log: decoded, a line end in it would forge a line there.</summary>
    internal string SentPath => Encoding.Latin1.GetString((Head.TargetForm == TargetForm.Asterisk ? Head.Target : Head.Path).Of(Message));

    /// <summary>What the logs and the client call the request; made when somebody asks.</summary>
    internal string Id => _id ??= RequestId.Next();

    /// <summary>What trusted proxies say about where the request came from; empty without them.</summary>
    internal ForwardedOrigin Origin => _forwarding is null ? default : _origin ??= _forwarding.Resolve(new Request(this));

    internal EndPoint? RemoteEndPoint => Origin.Client ?? Connection.RemoteEndPoint;

    /// <summary>The prefix that was taken from the path; null where the server has none.</summary>
    internal RootPath? Root { get; set; }

    /// <summary>The hub's time when the app did not answer at once.</summary>
    internal TimeSpan WaitingSince { get; set; }

    internal ReadOnlySpan<byte> Message => Input.Message;

    /// <summary>Whether a read or a write that somebody began has not ended.</summary>
    internal bool IsBusy => Body.IsReading || Output.IsWaiting || Response.IsSendingFile;

    internal void Take(Connection connection)
    {
        Connection = connection;
        Deadlines.Take(connection);
    }

    internal void BeginRequest(ServerLines lines, bool isLast)
    {
        Input.KeepHead(Head.Length);
        Path = null;
        Root = null;
        Body.Begin(Connection, Head);
        Response.Begin(Connection, lines, close: isLast || !Head.KeepAlive);
        if (_log is null)
            return;
        _began = _log.Timestamp;
        Response.RequestId = _log.SendsRequestId ? Id : null;
    }

    internal void EndRequest()
    {
        if (_began is not null)
            LogAnswer(isCut: Output.IsBroken || !Response.IsWhole);
        Forget();
        Version++;
        Head.Reset();
        Input.NextMessage();
    }

    /// <summary>Ends its use for good: what still reads or writes must never meet another connection's bytes.</summary>
    internal void Abandon()
    {
        if (_began is not null)
            LogAnswer(isCut: true);
        Version++;
    }

    /// <summary>Leaves nothing of this connection behind for the next one.</summary>
    internal void Release(bool keepBuffers)
    {
        LogCut();
        Forget();
        Version++;
        Head.Reset();
        Input.Release(keepBuffers);
        Output.Release(keepBuffers);
        Deadlines.Forget();
        Connection = null!;
    }

    /// <summary>Has the access log know a message that was refused.</summary>
    internal void LogRefusal(int status, int bytes)
    {
        _log?.Add(this, status, bytes, _began, isCut: false);
        _began = null;
    }

    /// <summary>Has the access log know that the request is cut off, whenever its app ends. Where a write is under way, that ends soon and says how far it got.</summary>
    internal void LogCut()
    {
        if (_began is not null && !IsBusy)
            LogAnswer(isCut: true);
    }

    internal int FormatRemoteAddress(Span<byte> text) => Origin.Client is { } client
        ? client.Address.TryFormat(text, out int written) ? written : 0
        : Connection.FormatRemoteAddress(text);

    private void LogAnswer(bool isCut)
    {
        long bytes = isCut ? Math.Max(0, Response.BodySize - Output.Unsent) : Response.BodySize;
        _log!.Add(this, isCut && !Response.HasLeft ? AccessEntry.ClosedByClient : Response.Status, bytes, _began, isCut);
        _began = null;
    }

    private void Forget()
    {
        _id = null;
        _origin = null;
    }
}
