using System.Net;
using System.Text;
using AsyncServer.Runtime;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AsyncServer.Http;

/// <summary>
/// A request, for as long as it is being answered. It is a view of memory that serves many requests: used afterwards, every
/// member throws <see cref="ObjectDisposedException"/>; it never shows another request's data.
/// </summary>
public readonly struct Request : IEquatable<Request>
{
    private readonly Exchange _exchange;
    private readonly int _version;

    internal Request(Exchange exchange)
    {
        _exchange = exchange;
        _version = exchange.Version;
    }

    /// <summary>The method, case-sensitive (RFC 9110 section 9.1).</summary>
    public string Method => Live.Head.Method;

    /// <summary>
    /// The path, percent-decoded once, UTF-8, without <see cref="HttpServerOptions.RootPath"/>. Always begins with a slash; <c>*</c> for
    /// <c>OPTIONS *</c>.
    /// </summary>
    public string Path => Live.Path ??= DecodePath();

    /// <summary>The request target as it was sent (RFC 9112 section 3.2).</summary>
    public string Target => Text(Live.Head.Target);

    /// <summary>
    /// The path as it was sent, undecoded and without <see cref="PathBase"/>: for handlers that compare bytes and allocate nothing. Empty
    /// for an absolute target without a path, which means a slash. It is valid until the handler's next <c>await</c>.
    /// </summary>
    public ReadOnlySpan<byte> RawPath
    {
        get
        {
            var exchange = Live;
            return exchange.Head.Path.Of(exchange.Message);
        }
    }

    /// <summary>Whether <see cref="RawPath"/> has no percent-encoding, so that its bytes are the path's text.</summary>
    public bool IsPathPlain => Live.Head.PathIsPlain;

    /// <summary>Whether it is <c>OPTIONS *</c>: about the server, not about a resource (RFC 9110 section 9.3.7).</summary>
    public bool IsServerWide => Live.Head.TargetForm == TargetForm.Asterisk;

    /// <summary>The prefix that was taken from the path, decoded: <see cref="HttpServerOptions.RootPath"/>, or empty.</summary>
    public string PathBase => Live.Root?.Path ?? "";

    /// <summary>The query as it was sent, without the question mark; empty without one.</summary>
    public string QueryString => Text(Live.Head.Query);

    /// <summary>The query's parameters, decoded; a name that is not there gives an empty value. Parsed again by each call.</summary>
    public IQueryCollection Query => new QueryCollection(QueryHelpers.ParseQuery(QueryString));

    /// <summary><c>HTTP/1.0</c> or <c>HTTP/1.1</c>.</summary>
    public string Protocol => Live.Protocol;

    /// <summary>
    /// Host and port that the request is for: from a trusted proxy where that tells them, from the target where it names them, else from
    /// Host. Empty only in HTTP/1.0.
    /// </summary>
    public string Host => Live.Origin.Host ?? Text(Live.Head.EffectiveHost);

    /// <summary><c>http</c>, or <c>https</c> where a trusted proxy says that the client uses it.</summary>
    public string Scheme => Live.Origin.Scheme ?? "http";

    /// <summary>
    /// What the logs call this request, and <c>X-Request-Id</c> where the client is told. No other request of this process has it.
    /// </summary>
    public string Id => Live.Id;

    /// <summary>The header lines, in order.</summary>
    public RequestHeaders Headers => new(this);

    /// <summary>Whether the target has a question mark, be the query empty or not.</summary>
    public bool HasQuery => Live.Head.HasQuery;

    /// <summary>
    /// The most bytes of a body that are read, for this request alone; beyond that reading fails with 413. It starts as
    /// <see cref="HttpLimits.MaxRequestBodySize"/>. <see cref="long.MaxValue"/> means no limit. Set it before the body is read; an app
    /// behind the server's own routes sets it for its route (<see cref="RouteTable.LimitBody"/>), since a longer body is refused before the
    /// app is called.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Below zero.</exception>
    /// <exception cref="InvalidOperationException">Some of the body was read already.</exception>
    public long MaxBodySize
    {
        get => Live.Body.MaxSize;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            Live.Body.SetMaxSize(value);
        }
    }

    /// <summary>The body's length in bytes: 0 without a body, null when it comes in chunks.</summary>
    public long? ContentLength => Live.Head.IsChunked ? null : _exchange.Head.ContentLength ?? 0;

    /// <summary>The body's media type as it was sent, or null.</summary>
    public string? ContentType => Headers["Content-Type"];

    /// <summary>The body as a stream: forward only, no length. Each call makes another view of the one body.</summary>
    public Stream Body => new RequestBodyStream(Live, _version);

    /// <summary>Trailers of a chunked body, once it is read to its end (RFC 9112 section 7.1.2); empty otherwise.</summary>
    public IReadOnlyList<(string Name, string Value)> Trailers => Live.Body.Trailers;

    /// <summary>
    /// The client's address, or null where the transport has none. Behind a trusted proxy it is what that says; the port is 0 where it says
    /// none.
    /// </summary>
    public EndPoint? RemoteEndPoint => Live.RemoteEndPoint;

    /// <summary>The hub that serves the request. Code that answers runs there.</summary>
    public Hub Hub => Live.Connection.Hub;

    /// <summary>The address that the request came to, or null where the transport has none.</summary>
    public EndPoint? LocalEndPoint => Live.Connection.LocalEndPoint;

    /// <summary>Reads a piece of the body; called on the connection's hub. <see cref="Body"/> may be read anywhere.</summary>
    /// <returns>Bytes read; 0 at the end of the body.</returns>
    /// <exception cref="RequestBodyException">The body is malformed, too large, too slow, or the client has gone.</exception>
    public ValueTask<int> ReadAsync(Memory<byte> destination) => Live.Body.ReadAsync(destination);

    /// <summary>The same request, not an equal one.</summary>
    public bool Equals(Request other) => ReferenceEquals(_exchange, other._exchange) && _version == other._version;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Request other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_exchange, _version);

    /// <inheritdoc cref="Equals(Request)"/>
    public static bool operator ==(Request left, Request right) => left.Equals(right);

    /// <inheritdoc cref="Equals(Request)"/>
    public static bool operator !=(Request left, Request right) => !left.Equals(right);

    /// <summary>A route's path is the request's: its text serves for all of the route's requests.</summary>
    internal void RememberPath(string path) => Live.Path ??= path;

    /// <summary>Refuses a body that is longer than it may be before anybody asks for it.</summary>
    /// <exception cref="RequestBodyException">It is, by its Content-Length.</exception>
    /// <param name="elsewhere">What it may be for another route, if that is more.</param>
    internal void CheckBodySize(long elsewhere = 0) => Live.Body.CheckDeclaredLength(elsewhere);

    /// <summary>The state, if this is still its request.</summary>
    internal Exchange Live
    {
        get
        {
            if (_exchange is null || _exchange.Version != _version)
                throw Answered();
            return _exchange;
        }
    }

    private static ObjectDisposedException Answered() =>
        new(nameof(Request), "The request has been answered; copy what you need while it is.");

    internal string Text(Slice slice) => Encoding.Latin1.GetString(slice.Of(Live.Message));

    private string DecodePath() => _exchange.Head.TargetForm == TargetForm.Asterisk
        ? "*"
        : PercentEncoding.DecodePath(_exchange.Head.Path.Of(_exchange.Message));
}
