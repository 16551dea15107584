using AsyncServer.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>
/// The push-style way to answer: set status and headers, write, return. Members are called on the connection's hub while the
/// request is being answered; on another thread they throw <see cref="InvalidOperationException"/>, afterwards
/// <see cref="ObjectDisposedException"/>.
/// </summary>
public readonly struct ResponseWriter : IEquatable<ResponseWriter>
{
    private readonly Exchange _exchange;
    private readonly int _version;

    internal ResponseWriter(Exchange exchange)
    {
        _exchange = exchange;
        _version = exchange.Version;
    }

    /// <summary>The status, 200 unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not from 200 to 999.</exception>
    /// <exception cref="InvalidOperationException">Set after the head has left.</exception>
    public int StatusCode
    {
        get => Live.Status;
        set => Live.Status = value;
    }

    /// <summary>The reason phrase, or null for the one that RFC 9110 gives.</summary>
    /// <exception cref="ArgumentException">It has control characters (RFC 9112 section 4).</exception>
    /// <exception cref="InvalidOperationException">Set after the head has left.</exception>
    public string? Reason
    {
        get => Live.Reason;
        set => Live.Reason = value;
    }

    /// <summary>The headers; Date, Server and the framing are added to them.</summary>
    public ResponseHeaders Headers => Live.Headers;

    /// <summary>The body's length in bytes where it is known; null has it sent in chunks.</summary>
    /// <exception cref="InvalidOperationException">Set after the head has left.</exception>
    public long? ContentLength
    {
        get => Live.ContentLength;
        set => Live.ContentLength = value;
    }

    /// <summary>
    /// Fields that were put together once for many responses; they come before <see cref="Headers"/>. Null, the default, for none.
    /// </summary>
    /// <exception cref="InvalidOperationException">Set after the head has left.</exception>
    public PreparedFields? Prepared
    {
        get => Live.Prepared;
        set => Live.Prepared = value;
    }

    /// <summary>Body bytes of a known length that have not been written yet; 0 where the length is not known.</summary>
    public long BytesOwed => Live.Owed;

    /// <summary>Whether the head has left, after which only body bytes can follow.</summary>
    public bool HasStarted => Live.HasStarted;

    /// <summary>Whether the body will be dropped: HEAD, 204, 304.</summary>
    public bool OmitsBody => Live.OmitsBody;

    /// <summary>
    /// Writes body bytes; they leave when 16 KB wait, on <see cref="FlushAsync"/> and at the end. Suspends while the client does not read.
    /// </summary>
    /// <exception cref="InvalidOperationException">More than <see cref="ContentLength"/>; the excess is not sent.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> data) => Live.WriteAsync(data);

    /// <summary>Writes text in UTF-8; as the first and only piece it is the whole body and gets its Content-Length.</summary>
    /// <exception cref="IOException">The client has gone.</exception>
    public ValueTask WriteTextAsync(string text) => Live.WriteTextAsync(text);

    /// <summary>Sends a part of a file, which becomes the body.</summary>
    /// <param name="file">An open regular file; the caller closes it.</param>
    /// <param name="offset">Where the part begins.</param>
    /// <param name="count">Its length. A file that turns out shorter cuts the connection off.</param>
    /// <exception cref="IOException">The client has gone.</exception>
    public ValueTask SendFileAsync(SafeFileHandle file, long offset, long count) => Live.SendFileAsync(file, offset, count);

    /// <summary>Sends a whole response: its status, headers and body.</summary>
    /// <param name="response">What an app would return.</param>
    /// <exception cref="InvalidOperationException">Another response has left.</exception>
    /// <exception cref="IOException">The client has gone.</exception>
    public ValueTask SendAsync(Response response) => response.SendAsync(Live);

    /// <summary>
    /// The same when the app is done with the request's body: where much of it is left, the head says that the connection ends.
    /// </summary>
    internal ValueTask StartLastAsync(long length)
    {
        var state = Live;
        state.ReadNoMore();
        return state.StartAsync(length);
    }

    /// <summary>Text that is all that the app says.</summary>
    internal ValueTask WriteLastTextAsync(string text)
    {
        var state = Live;
        state.ReadNoMore();
        return state.WriteTextAsync(text);
    }

    /// <summary>Sends a stream to its end, and disposes it.</summary>
    internal ValueTask SendStreamAsync(Stream stream, long? length) => ResponseStream.SendAsync(Live, stream, length);

    /// <summary>
    /// Sends an interim response before the head, such as 103 with Link (RFC 8297); nothing to a client of HTTP/1.0, which knows none.
    /// </summary>
    /// <param name="status">From 102 to 199.</param>
    /// <param name="fields">Header fields.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status is another one.</exception>
    /// <exception cref="ArgumentException">A field is not allowed.</exception>
    /// <exception cref="InvalidOperationException">The head has left.</exception>
    public ValueTask SendInterimAsync(int status, IReadOnlyList<(string Name, string Value)> fields)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 102);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 199);
        ArgumentNullException.ThrowIfNull(fields);
        return Live.SendInterimAsync(status, fields);
    }

    /// <summary>Fixes status and headers; they leave with the first bytes of the body. Further calls do nothing.</summary>
    /// <param name="length">The body's length in bytes, where it is known and <see cref="ContentLength"/> was not set.</param>
    /// <exception cref="InvalidOperationException">The headers cannot be sent.</exception>
    public ValueTask StartAsync(long? length = null) => Live.StartAsync(length);

    /// <summary>Ends the response; what was not started is sent without a body. The server does it when the handler has returned.</summary>
    public ValueTask EndAsync() => Live.EndAsync();

    /// <summary>Forgets what was set and written, so that something else can be answered.</summary>
    /// <returns>False when a part of the response has left.</returns>
    public bool TryReset() => Live.TryTakeBack();

    /// <summary>Sends the head and what was written so far.</summary>
    /// <exception cref="IOException">The client has gone.</exception>
    public ValueTask FlushAsync() => Live.FlushAsync();

    /// <summary>The writer of the same response.</summary>
    public bool Equals(ResponseWriter other) => ReferenceEquals(_exchange, other._exchange) && _version == other._version;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ResponseWriter other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_exchange, _version);

    /// <inheritdoc cref="Equals(ResponseWriter)"/>
    public static bool operator ==(ResponseWriter left, ResponseWriter right) => left.Equals(right);

    /// <inheritdoc cref="Equals(ResponseWriter)"/>
    public static bool operator !=(ResponseWriter left, ResponseWriter right) => !left.Equals(right);

    internal ResponseState Live
    {
        get
        {
            // In this order: on another thread the request may end between two of these lines.
            if (_exchange?.Connection is not { } connection)
                throw Answered();
            if (!ReferenceEquals(Hub.Current, connection.Hub) && !connection.IsClosed)
                throw Elsewhere();
            return _exchange.Version == _version ? _exchange.Response : throw Answered();
        }
    }

    private static ObjectDisposedException Answered() => new(nameof(ResponseWriter), "The request has been answered.");

    private static InvalidOperationException Elsewhere() =>
        new("A response is written on the hub of its request: await without ConfigureAwait(false), or use Hub.InvokeAsync.");
}
