using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Http;

/// <summary>
/// The push-style way to answer: set status and headers, write, return. Members are called on the connection's hub while the
/// request is being answered; used afterwards they throw <see cref="ObjectDisposedException"/>.
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

    /// <summary>Whether the head has left, after which only body bytes can follow.</summary>
    public bool HasStarted => Live.HasStarted;

    /// <summary>Whether the body will be dropped: HEAD, 204, 304.</summary>
    public bool OmitsBody => Live.OmitsBody;

    /// <summary>Writes body bytes; they leave when 16 KB wait, on <see cref="FlushAsync"/> and at the end. Suspends while the client does not read.</summary>
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
            if (_exchange is null || _exchange.Version != _version)
                throw new ObjectDisposedException(nameof(ResponseWriter), "The request has been answered.");
            return _exchange.Response;
        }
    }
}
