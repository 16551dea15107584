namespace AsyncServer.Http;

/// <summary>
/// The limits and deadlines of HTTP connections. Names and defaults are Kestrel's where it has them. A size or count of 0 and
/// a time of <see cref="TimeSpan.Zero"/> mean no limit, unless a member says otherwise.
/// </summary>
public sealed class HttpLimits
{
    /// <summary>Bytes of a request line with its CRLF; above it 414 is answered (RFC 9112 section 3). Default: 8 KB.</summary>
    public int MaxRequestLineSize { get; init; } = 8 * 1024;

    /// <summary>Bytes of all header lines together; above it 431 is answered (RFC 6585 section 5). Default: 32 KB.</summary>
    public int MaxRequestHeadersTotalSize { get; init; } = 32 * 1024;

    /// <summary>Header lines in a request; above it 431 is answered. Default: 100.</summary>
    public int MaxRequestHeaderCount { get; init; } = 100;

    /// <summary>
    /// Bytes of a request body; above it 413 is answered (RFC 9110 section 15.5.14). Default: 30 MB, as Kestrel counts it.
    /// </summary>
    public long MaxRequestBodySize { get; init; } = 30_000_000;

    /// <summary>How long a request head may take from its first byte; then 408 is answered. Default: 30 s.</summary>
    public TimeSpan RequestHeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may wait for its first or next request; then it is closed. Default: 75 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>How long the next bytes of a request body may take; then 408 is answered. Default: 30 s.</summary>
    public TimeSpan RequestBodyTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes a second that a request body must bring on average while an app waits for it, after a grace of 5 s; below it 408 is
    /// answered. Default: 240.
    /// </summary>
    public int MinRequestBodyDataRate { get; init; } = 240;

    /// <summary>
    /// Bytes a second at which a client must take a response on average while the server waits for it, after a grace of 5 s; below it the
    /// connection is cut off. What the client's system has acknowledged counts as taken. Default: 240.
    /// </summary>
    public int MinResponseDataRate { get; init; } = 240;

    /// <summary>How long a peer may take nothing of a response that waits for it; then the connection is cut off. Default: 30 s.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long an app may work without reading or writing; then its token is cancelled and the connection cut off. Default: 5 minutes.
    /// </summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Caps the three deadlines for receiving (keep-alive, head, body), each for itself. Default: none.</summary>
    public TimeSpan ReceiveTimeout { get; init; } = TimeSpan.Zero;

    /// <summary>Connections at a time; <see cref="Overload"/> tells what happens to further ones. Default: no limit.</summary>
    public int MaxConnections { get; init; }

    /// <summary>What happens to connections beyond <see cref="MaxConnections"/>. Default: they wait.</summary>
    public OverloadMode Overload { get; init; } = OverloadMode.Wait;

    /// <summary>
    /// Requests that are worked on at a time, from their head to the last byte that the app or file hands over; further ones wait for a
    /// place. Idle connections take none. Default: no limit.
    /// </summary>
    public int MaxConcurrentRequests { get; init; }

    /// <summary>Requests that wait for a place, beyond which 503 is answered with Retry-After; 0: none waits. Default: 100.</summary>
    public int MaxQueuedRequests { get; init; } = 100;

    /// <summary>How long a request may wait for a place; then 503 is answered with Retry-After. Default: 10 s.</summary>
    public TimeSpan QueueTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Requests on one connection; the last one's answer carries <c>Connection: close</c>. Default: no limit.</summary>
    public int MaxRequestsPerConnection { get; init; }

    internal ParserLimits ForParser => new(OrNone(MaxRequestLineSize), OrNone(MaxRequestHeadersTotalSize), OrNone(MaxRequestHeaderCount));

    internal long EffectiveMaxBodySize => MaxRequestBodySize == 0 ? long.MaxValue : MaxRequestBodySize;

    internal TimeSpan EffectiveKeepAlive => Capped(KeepAliveTimeout);

    internal TimeSpan EffectiveHeaders => Capped(RequestHeadersTimeout);

    internal TimeSpan EffectiveBody => Capped(RequestBodyTimeout);

    /// <summary>Compares what counts the connections and requests of a whole server, and so cannot be one listener's.</summary>
    internal bool HasSharedLimitsOf(HttpLimits other) =>
        (MaxConnections, Overload, MaxConcurrentRequests, MaxQueuedRequests, QueueTimeout)
        == (other.MaxConnections, other.Overload, other.MaxConcurrentRequests, other.MaxQueuedRequests, other.QueueTimeout);

    /// <exception cref="ArgumentOutOfRangeException">A value is below zero; its name is the parameter's.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRequestLineSize);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRequestHeadersTotalSize);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRequestHeaderCount);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRequestBodySize);
        ArgumentOutOfRangeException.ThrowIfNegative(MinRequestBodyDataRate);
        ArgumentOutOfRangeException.ThrowIfNegative(MinResponseDataRate);
        ArgumentOutOfRangeException.ThrowIfLessThan(RequestHeadersTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepAliveTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RequestBodyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(RequestTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiveTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxConnections);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxConcurrentRequests);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxQueuedRequests);
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxRequestsPerConnection);
    }

    private static int OrNone(int limit) => limit == 0 ? int.MaxValue : limit;

    private TimeSpan Capped(TimeSpan timeout) =>
        ReceiveTimeout == TimeSpan.Zero ? timeout
        : timeout == TimeSpan.Zero || ReceiveTimeout < timeout ? ReceiveTimeout
        : timeout;
}
