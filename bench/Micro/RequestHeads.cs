using System.Text;

namespace AsyncServer.Micro;

/// <summary>Heads of requests as they come.</summary>
internal static class RequestHeads
{
    private const int ManyHeaders = 30;

    internal static byte[] Minimal { get; } = Bytes("GET / HTTP/1.1", "Host: a");

    /// <summary>What a desktop browser sends for a page that a link on the same site leads to.</summary>
    internal static byte[] Browser { get; } = Bytes(
        "GET /articles/2026/11/on-event-loops.html?from=index HTTP/1.1",
        "Host: www.example.com",
        "Connection: keep-alive",
        "sec-ch-ua: \"Chromium\";v=\"142\", \"Not_A Brand\";v=\"99\"",
        "sec-ch-ua-mobile: ?0",
        "sec-ch-ua-platform: \"Linux\"",
        "Upgrade-Insecure-Requests: 1",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
        "Sec-Fetch-Site: same-origin",
        "Sec-Fetch-Mode: navigate",
        "Sec-Fetch-User: ?1",
        "Sec-Fetch-Dest: document",
        "Referer: https://www.example.com/articles/",
        "Accept-Encoding: gzip, deflate, br, zstd",
        "Accept-Language: en-US,en;q=0.9,de;q=0.8",
        "Cookie: session=3f0c8a1be5d94c0f9a7e2b6d1c5f8e07; theme=dark; consent=1");

    /// <summary>As a chain of proxies may leave it.</summary>
    internal static byte[] Many { get; } = Bytes(
        ["POST /api/orders HTTP/1.1", "Host: api.example.com", "Content-Length: 0",
            .. Enumerable.Range(3, ManyHeaders - 2).Select(static number => $"X-Header-{number}: the value of number {number}")]);

    internal static byte[] To(string path) => Bytes($"GET {path} HTTP/1.1", "Host: a");

    private static byte[] Bytes(params IEnumerable<string> lines) => Encoding.ASCII.GetBytes(string.Join("\r\n", lines) + "\r\n\r\n");
}
