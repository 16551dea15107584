using System.Globalization;
using System.Runtime.CompilerServices;

namespace AsyncServer.Http;

/// <summary>One response on its way through the compression.</summary>
internal sealed class CompressedResponse : IDisposable
{
    // What is shorter and known is compressed in one go and gets its Content-Length; of longer ones others have a turn after so many bytes.
    private const int SliceSize = 64 * 1024;

    private static readonly ContentCoding[] Codings = [.. ContentCoding.All.Where(static coding => coding.Name is "br" or "gzip")];
    private static readonly string[] Digests = ["Content-Digest", "Repr-Digest", "Digest", "Content-MD5"];

    private readonly Environ _environ;
    private readonly StartResponse _startResponse;
    private readonly CompressionOptions _options;
    private readonly DelayedStart _delayed;
    private ContentEncoder? _encoder;
    private Body _body;
    private bool _hasBody;
    private bool _hasWritten;
    private bool _hasStarted;
    private long? _declared;
    private long _count;

    internal CompressedResponse(Environ environ, StartResponse startResponse, CompressionOptions options)
    {
        (_environ, _startResponse, _options) = (environ, startResponse, options);
        _delayed = new DelayedStart(Begin);
    }

    /// <summary>What the app calls.</summary>
    internal StartResponse Start => _delayed.Start;

    /// <summary>Takes the app's body.</summary>
    /// <returns>What is sent instead.</returns>
    internal async ValueTask<Body> TakeAsync(Body body)
    {
        (_body, _hasBody) = (body, true);
        bool isReading = false;
        try
        {
            _delayed.Release();
            if (_hasStarted && _encoder is null)
                return body;
            bool isSmall = _encoder is not null && !_hasWritten && _environ.Method != "HEAD" && body.Length <= SliceSize;
            if (!isSmall)
                return Body.From(EncodeAsync(body)); // it may also be that its first step calls start_response
            isReading = true;
            return await EncodeWholeAsync(body);
        }
        catch when (!isReading)
        {
            await body.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _encoder?.Dispose();

    private async ValueTask<Body> EncodeWholeAsync(Body body)
    {
        var whole = new MemoryStream();
        await foreach (var piece in EncodeAsync(body))
            whole.Write(piece.Span);
        return new ReadOnlyMemory<byte>(whole.GetBuffer(), 0, (int)whole.Length);
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> EncodeAsync(Body body,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        bool isLive = body.Length is null || _environ.Method == "HEAD"; // of which one piece is enough
        await foreach (var piece in body.ReadAsync(cancellation))
        {
            if (_encoder is null)
            {
                yield return piece;
                continue;
            }
            for (int start = 0; start < piece.Length; start += SliceSize)
            {
                var encoded = Encode(piece[start..Math.Min(start + SliceSize, piece.Length)], isLive);
                if (!encoded.IsEmpty)
                    yield return encoded;
                if (piece.Length >= SliceSize)
                    await Task.Yield();
            }
        }
        if (_encoder is null)
            yield break;
        if (_count < _declared && _environ.Method != "HEAD") // of HEAD an app may leave the body out
            throw new InvalidOperationException("The app wrote less than the Content-Length that it gave.");
        yield return _encoder.Finish();
    }

    private ReadOnlyMemory<byte> Encode(ReadOnlyMemory<byte> piece, bool flush)
    {
        _count += piece.Length;
        if (_count > _declared)
            throw new InvalidOperationException("The app wrote more than the Content-Length that it gave; the excess is not sent.");
        return _encoder!.Encode(piece.Span, flush);
    }

    private WriteBody Begin(string status, IReadOnlyList<(string Name, string Value)> headers, Exception? excInfo)
    {
        _encoder?.Dispose(); // of a response that an error replaces
        (_encoder, _hasStarted) = (null, true);
        if (!MayEncode(status, headers))
            return _startResponse(status, headers, excInfo);
        var all = headers.WithVary("Accept-Encoding");
        var coding = AcceptEncoding.Choose(Codings,
            _environ.TryGetValue("HTTP_ACCEPT_ENCODING", out object? value) ? value as string : null);
        _declared = long.TryParse(headers.Find("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out long declared)
            ? declared : null;
        long? length = _declared ?? (_hasBody ? _body.Length : null);
        int tag = all.FindIndex(static header => HeaderSyntax.Is(header.Name, "ETag"));
        if (status.StartsWith("304", StringComparison.Ordinal))
        {
            // RFC 9110 15.4.5: the one that the 200 had, by which a cache finds what it keeps.
            if (tag >= 0 && _environ.TryGetValue("HTTP_IF_NONE_MATCH", out object? known) && known is string tags
                && tags.Contains("W/" + all[tag].Value, StringComparison.Ordinal))
                Weaken(all, tag);
            return _startResponse(status, all, excInfo);
        }
        if (coding is null || length < _options.MinSize)
            return _startResponse(status, all, excInfo);
        if (tag >= 0)
            Weaken(all, tag);
        all.RemoveAll(static header => HeaderSyntax.Is(header.Name, "Content-Length") || HeaderSyntax.Is(header.Name, "Accept-Ranges"));
        all.Add(("Content-Encoding", coding.Name));
        var write = _startResponse(status, all, excInfo);
        _encoder = new ContentEncoder(coding, _options.Level);
        _environ.DisposeAtEnd(this);
        return data =>
        {
            _hasWritten = true;
            return write(Encode(data, flush: true));
        };
    }

    // RFC 9110 8.8.1: other bytes, so no longer a strong one.
    private static void Weaken(List<(string Name, string Value)> headers, int tag)
    {
        if (headers[tag].Value.StartsWith('"'))
            headers[tag] = (headers[tag].Name, "W/" + headers[tag].Value);
    }

    private bool MayEncode(string status, IReadOnlyList<(string Name, string Value)> headers)
    {
        bool hasContent = !status.StartsWith("204", StringComparison.Ordinal) && !status.StartsWith("206", StringComparison.Ordinal);
        return hasContent
            && (_options.Has(headers.Find("Content-Type")) || status.StartsWith("304", StringComparison.Ordinal))
            && headers.Find("Content-Encoding") is null
            && headers.Find("Content-Range") is null
            && !headers.Contains("Cache-Control", "no-transform")
            && !Digests.Any(digest => headers.Find(digest) is not null);
    }
}
