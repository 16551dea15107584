using System.Text;

namespace AsyncServer.Http;

/// <summary><c>wsgi.early_hints</c>: header lines in a 103 before the response (RFC 8297).</summary>
internal static class EarlyHints
{
    internal static async ValueTask SendAsync(Request request, ResponseWriter response, IReadOnlyList<(string Name, string Value)> headers)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (response.HasStarted)
            throw new InvalidOperationException("The response head has left; early hints come before it.");
        var text = new StringBuilder("HTTP/1.1 103 Early Hints\r\n");
        foreach (var (name, value) in headers)
        {
            HeaderSyntax.CheckResponseHeader(name, value);
            text.Append(name).Append(": ").Append(value).Append("\r\n");
        }
        text.Append("\r\n");
        var exchange = request.Live;
        if (exchange.Head.MinorVersion > 0) // RFC 9110 15.2: HTTP/1.0 knows no 1xx
            await exchange.Output.SendInOrderAsync(exchange.Connection, Encoding.Latin1.GetBytes(text.ToString()));
    }
}
