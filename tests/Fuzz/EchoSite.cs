using System.Security.Cryptography;
using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Fuzz;

/// <summary>The app under the fuzzer: it says what it understood of a request, so that an answer in the wrong place is seen.</summary>
public static class EchoSite
{
    internal const string Header = "X-Echo";

    /// <summary>Paths that begin so are answered without a look at the body.</summary>
    internal const string Unread = "/n";

    /// <summary>Paths that begin so are answered after the first bytes of the body.</summary>
    internal const string HalfRead = "/h";

    /// <summary>Paths that begin so are answered in many pieces, without a length.</summary>
    internal const string Streamed = "/s";

    internal const int HalfReadBytes = 10;
    internal const int StreamedPieces = 300;

    /// <summary>What the program calls, as <c>AsyncServer.Fuzz.dll:AsyncServer.Fuzz.EchoSite.AnswerAsync</c>.</summary>
    public static async Task<Body> AnswerAsync(Environ environ, StartResponse startResponse)
    {
        ArgumentNullException.ThrowIfNull(environ);
        ArgumentNullException.ThrowIfNull(startResponse);
        string echo = Describe(environ.Method, environ.Request.Target, environ.Path, await ReadAsync(environ));
        startResponse("200 OK", [("Content-Type", "text/plain"), (Header, echo)]);
        return environ.Path.StartsWith(Streamed, StringComparison.Ordinal) ? Body.From(Enumerable.Repeat(echo + "\n", StreamedPieces))
            : echo;
    }

    internal static string Describe(string method, string target, string path, ReadOnlySpan<byte> body) =>
        $"{method} {Digest(Encoding.UTF8.GetBytes($"{target}\n{path}"))} {body.Length} {Digest(body)}";

    private static string Digest(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes).AsSpan(0, 8));

    private static async Task<byte[]> ReadAsync(Environ environ)
    {
        if (environ.Path.StartsWith(Unread, StringComparison.Ordinal))
            return [];
        if (environ.Path.StartsWith(HalfRead, StringComparison.Ordinal))
        {
            byte[] start = new byte[HalfReadBytes];
            return start[..await environ.Input.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false)];
        }
        using var all = new MemoryStream();
        await environ.Input.CopyToAsync(all);
        return all.ToArray();
    }
}
