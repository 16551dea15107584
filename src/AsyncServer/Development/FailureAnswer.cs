using AsyncServer.Http;
using Microsoft.Net.Http.Headers;

namespace AsyncServer.Development;

/// <summary>The answer of <c>--dev</c> to a request whose app failed: all that helps its author, as a page or as text.</summary>
internal static class FailureAnswer
{
    private const string Hidden = "(hidden)";

    // What lets others in, and what stands in logs and screenshots too easily.
    private static readonly string[] SecretHeaders = ["Cookie", "Authorization", "Proxy-Authorization"];

    internal static Response Make(Request request, Exception exception, string requestId)
    {
        var report = new FailureReport(requestId, $"{request.Method} {request.Target}", Headers(request), FailureReader.Read(exception));
        var answer = WantsHtml(request)
            ? Response.Html(FailurePage.Make(report), 500)
                .WithHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
            : Response.Text(FailureText.Make(report), 500);
        return answer.WithHeader("Cache-Control", "no-store").WithHeader("Vary", "Accept").WithHeader("X-Content-Type-Options", "nosniff");
    }

    // Named, not by */*: that is what programs send.
    private static bool WantsHtml(Request request)
    {
        string[] accepted = [.. request.Headers.Where(static header => header.Name.Equals("Accept", StringComparison.OrdinalIgnoreCase))
            .Select(static header => header.Value)];
        return MediaTypeHeaderValue.TryParseList(accepted, out var types)
            && types.Any(static type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase)
                && type.Quality is null or > 0);
    }

    private static List<(string Name, string Value)> Headers(Request request) =>
        [.. request.Headers.Select(static header =>
            (header.Name, SecretHeaders.Contains(header.Name, StringComparer.OrdinalIgnoreCase) ? Hidden : header.Value))];
}
