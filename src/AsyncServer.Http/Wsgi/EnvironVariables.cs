using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>The values that the server gives an <see cref="Environ"/>, each made when it is asked for.</summary>
internal sealed class EnvironVariables(Request request, ResponseWriter response, ILogger logger, CancellationToken cancellation)
{
    private const string HeaderPrefix = "HTTP_";

    private static readonly object Version = (1, 0);
    private static readonly object True = true;
    private static readonly object False = false;
    private static readonly Func<Stream, int, Body> FileWrapper = static (stream, _) => stream; // sent in pieces of the server's own size

    private static readonly string[] Names =
    [
        "REQUEST_METHOD", "SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "REQUEST_URI", "CONTENT_TYPE", "CONTENT_LENGTH", "SERVER_NAME",
            "SERVER_PORT",
        "SERVER_PROTOCOL", "SERVER_SOFTWARE", "GATEWAY_INTERFACE", "REMOTE_ADDR", "REMOTE_PORT", "wsgi.version", "wsgi.url_scheme",
            "wsgi.input",
        "wsgi.input_terminated", "wsgi.errors", "wsgi.multithread", "wsgi.multiprocess", "wsgi.run_once", "wsgi.file_wrapper",
            "wsgi.early_hints",
        Environ.CancellationKey,
    ];

    private Stream? _input;
    private ErrorWriter? _errors;

    internal Request Request => request;

    internal bool HasErrors => _errors is not null;

    internal void End() => _errors?.Flush();

    internal ValueTask SendEarlyHintsAsync(IReadOnlyList<(string Name, string Value)> headers) => response.SendInterimAsync(103, headers);

    /// <returns>Null where the request has none of that name.</returns>
    internal object? Find(string name) => name switch
    {
        "REQUEST_METHOD" => request.Method,
        "SCRIPT_NAME" => request.PathBase,
        "PATH_INFO" => request.Path,
        "QUERY_STRING" => request.QueryString,
        "REQUEST_URI" => request.Target,
        "CONTENT_TYPE" => request.ContentType,
        "CONTENT_LENGTH" => request.Headers.Raw.TryFind("content-length"u8, out _)
            ? request.ContentLength?.ToString(CultureInfo.InvariantCulture) : null,
        "SERVER_NAME" => request.LocalEndPoint is IPEndPoint local ? ServerName(local.Address) : "localhost",
        "SERVER_PORT" => request.LocalEndPoint is IPEndPoint local ? Port(local) : "80",
        "SERVER_PROTOCOL" => request.Protocol,
        "SERVER_SOFTWARE" => "AsyncServer",
        "GATEWAY_INTERFACE" => "CGI/1.1",
        // RFC 3875 4.1: an empty value says the same as none.
        "REMOTE_ADDR" => request.RemoteEndPoint is IPEndPoint remote ? remote.Address.Unmapped().ToString() : "",
        "REMOTE_PORT" => request.RemoteEndPoint is IPEndPoint { Port: > 0 } remote ? Port(remote) : "",
        "wsgi.version" => Version,
        "wsgi.url_scheme" => request.Scheme,
        // RFC 9112 3.2.2: what the target or a trusted proxy names comes before Host
        "HTTP_HOST" when request.Host is { Length: > 0 } host => host,
        "wsgi.input" => _input ??= request.Body,
        "wsgi.input_terminated" => True,
        "wsgi.errors" => _errors ??= new ErrorWriter(logger, request.Method,
            request.IsServerWide ? "*" : Encoding.Latin1.GetString(request.RawPath)),
        "wsgi.multithread" => True, // each hub has its thread
        "wsgi.multiprocess" => False,
        "wsgi.run_once" => False,
        "wsgi.file_wrapper" => FileWrapper,
        "wsgi.early_hints" => (Func<IReadOnlyList<(string Name, string Value)>, ValueTask>)SendEarlyHintsAsync,
        Environ.CancellationKey => cancellation,
        _ => name.StartsWith(HeaderPrefix, StringComparison.Ordinal) ? FindHeader(name) : null,
    };

    internal Dictionary<string, object?> ToDictionary()
    {
        var all = new Dictionary<string, object?>(Names.Length + request.Headers.Count);
        foreach (string name in Names)
        {
            if (Find(name) is { } value)
                all.Add(name, value);
        }
        foreach (var (name, _) in request.Headers)
        {
            if (Key(name) is { } key && !all.ContainsKey(key))
                all.Add(key, Find(key));
        }
        return all;
    }

    private string? FindHeader(string key)
    {
        string name = key[HeaderPrefix.Length..].Replace('_', '-');
        return Key(name) == key ? request.Headers[name] : null;
    }

    private static string? Key(string name)
    {
        bool hasOwnKey = name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)
            || name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase);
        return hasOwnKey || name.Contains('_') ? null : HeaderPrefix + name.ToUpperInvariant().Replace('-', '_');
    }

    // RFC 3875 4.1.14: IPv6 addresses in brackets, so that a URL can be put together.
    private static string ServerName(IPAddress address)
    {
        var unmapped = address.Unmapped();
        return unmapped.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{unmapped}]" : unmapped.ToString();
    }

    private static string Port(IPEndPoint endPoint) => endPoint.Port.ToString(CultureInfo.InvariantCulture);
}
