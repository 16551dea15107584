namespace AsyncServer.Http;

/// <summary>Middleware that sends responses in Brotli or gzip to clients that accept it (RFC 9110 section 12.5.3).</summary>
public static class Compression
{
    /// <summary>Wraps an app.</summary>
    /// <param name="app">
    /// Its responses are left alone where they have a Content-Encoding, a digest, are partial, or say <c>no-transform</c>.
    /// </param>
    /// <param name="options">The defaults unless given.</param>
    /// <remarks>
    /// A compressed response has no Content-Length of the app's, unless its body is small and known, and a weak ETag. Of a body of unknown
    /// length each piece can be decoded as soon as it is sent. What can be compressed has <c>Vary: Accept-Encoding</c>, compressed or not.
    /// </remarks>
    public static Application Wrap(Application app, CompressionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        options ??= CompressionOptions.Default;
        return async (environ, startResponse) =>
        {
            var response = new CompressedResponse(environ, startResponse, options);
            return await response.TakeAsync(await app(environ, response.Start));
        };
    }
}
