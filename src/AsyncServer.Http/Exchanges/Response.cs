using System.Text.Json;

namespace AsyncServer.Http;

/// <summary>What an app answers. A small value: making one allocates nothing but what is put into it.</summary>
public readonly struct Response : IEquatable<Response>
{
    private const string PlainText = "text/plain; charset=utf-8";
    private const string HtmlText = "text/html; charset=utf-8";
    private const long UnknownLength = -1;

    // 0, the default value's, stands for 200.
    private readonly int _status;
    private readonly string? _contentType;
    private readonly object? _body;
    private readonly long _length;
    private readonly (string Name, string Value)[]? _headers;

    private Response(int status, string? contentType, object? body, long length = UnknownLength, (string, string)[]? headers = null)
    {
        _status = status;
        _contentType = contentType;
        _body = body;
        _length = length;
        _headers = headers;
    }

    /// <summary>The status, 200 unless given.</summary>
    public int StatusCode => _status == 0 ? 200 : _status;

    /// <summary>Text in UTF-8, as <c>text/plain</c>.</summary>
    public static Response Text(string text, int status = 200, string contentType = PlainText) => new(status, contentType, text);

    /// <summary>Text in UTF-8, as <c>text/html</c>.</summary>
    public static Response Html(string html, int status = 200) => new(status, HtmlText, html);

    /// <summary>A value as <c>application/json</c> (System.Text.Json with its web defaults).</summary>
    public static Response Json<T>(T value, int status = 200) =>
        new(status, "application/json", new ReadOnlyMemory<byte>(JsonSerializer.SerializeToUtf8Bytes(value, JsonSerializerOptions.Web)));

    /// <summary>Bytes as they are.</summary>
    public static Response Bytes(ReadOnlyMemory<byte> bytes, string contentType = "application/octet-stream", int status = 200) =>
        new(status, contentType, bytes);

    /// <summary>A stream to its end, sent piece by piece as it gives them, then disposed.</summary>
    /// <param name="stream">Read asynchronously.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="length">Its length in bytes; null has it sent in chunks.</param>
    /// <param name="status">The status.</param>
    public static Response Stream(Stream stream, string contentType = "application/octet-stream", long? length = null, int status = 200) =>
        new(status, contentType, stream, length ?? UnknownLength);

    /// <summary>A sequence: each item is sent before the next is asked for.</summary>
    public static Response Stream(IAsyncEnumerable<ReadOnlyMemory<byte>> items, string contentType = "application/octet-stream",
        int status = 200) =>
        new(status, contentType, items);

    /// <summary>No body.</summary>
    public static Response Empty(int status = 204) => new(status, null, null);

    /// <summary>The status's own words as plain text: what errors look like unless an app says more.</summary>
    public static Response Status(int status) => Text(StatusCodes.Text(status) + "\n", status);

    /// <summary>Sends the client elsewhere.</summary>
    /// <param name="location">A URI reference, percent-encoded.</param>
    /// <param name="status">301, 302, 303, 307 or 308.</param>
    public static Response Redirect(string location, int status = 302) => Empty(status).WithHeader("Location", location);

    /// <summary>The same response with one more header.</summary>
    /// <exception cref="ArgumentException">The name or the value may not stand in a header.</exception>
    public Response WithHeader(string name, string value)
    {
        HeaderSyntax.CheckResponseHeader(name, value);
        return new Response(_status, _contentType, _body, _length, [.. _headers ?? [], (name, value)]);
    }

    /// <summary>The same status and headers with other content.</summary>
    internal Response WithBody(ReadOnlyMemory<byte> body, string contentType) => new(_status, contentType, body, UnknownLength, _headers);

    /// <summary>Two responses are equal when they are made of the same parts.</summary>
    public bool Equals(Response other) => _status == other._status && _contentType == other._contentType
        && ReferenceEquals(_body, other._body) && _length == other._length && ReferenceEquals(_headers, other._headers);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Response other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_status, _contentType, _body, _length);

    /// <inheritdoc cref="Equals(Response)"/>
    public static bool operator ==(Response left, Response right) => left.Equals(right);

    /// <inheritdoc cref="Equals(Response)"/>
    public static bool operator !=(Response left, Response right) => !left.Equals(right);

    internal ValueTask SendAsync(ResponseState target)
    {
        target.ReadNoMore();
        target.Status = StatusCode;
        // One that was added takes the place of the shape's own: two would contradict each other (RFC 9110 section 8.3).
        string? contentType = _headers is not null && HasContentType(_headers) ? null : _contentType;
        if (ReferenceEquals(contentType, PlainText) || ReferenceEquals(contentType, HtmlText))
            target.Headers.AddChecked("Content-Type", contentType);
        else if (contentType is not null)
            target.Headers.Add("Content-Type", contentType);
        if (_headers is not null)
        {
            foreach (var (name, value) in _headers)
                target.Headers.AddChecked(name, value);
        }
        return _body switch
        {
            null => target.EndAsync(),
            string text => target.WriteTextAsync(text),
            ReadOnlyMemory<byte> bytes => SendBytesAsync(target, bytes),
            Stream stream => ResponseStream.SendAsync(target, stream, _length < 0 ? null : _length),
            _ => ResponseStream.SendAsync(target, (IAsyncEnumerable<ReadOnlyMemory<byte>>)_body),
        };
    }

    private static bool HasContentType((string Name, string Value)[] headers) =>
        Array.Exists(headers, static header => header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase));

    private static async ValueTask SendBytesAsync(ResponseState target, ReadOnlyMemory<byte> bytes)
    {
        await target.StartAsync(bytes.Length);
        await target.WriteAsync(bytes);
    }
}
