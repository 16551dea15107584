using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Unit.Support;

/// <summary>Apps that many tests need.</summary>
internal static class EchoApp
{
    /// <summary>Reads the whole body, then answers with it.</summary>
    internal static async ValueTask<Response> Whole(Request request, CancellationToken cancellation) =>
        Response.Bytes(await ReadAsync(request), "text/plain");

    /// <summary>Answers each piece of the body as it comes, in chunks.</summary>
    internal static async ValueTask Streamed(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        byte[] piece = new byte[16 * 1024];
        for (int count; (count = await request.ReadAsync(piece)) > 0;)
            await response.WriteAsync(piece.AsMemory(0, count));
    }

    internal static async Task<string> ReadTextAsync(Request request) => Encoding.Latin1.GetString(await ReadAsync(request));

    private static async Task<byte[]> ReadAsync(Request request)
    {
        var body = new MemoryStream();
        byte[] piece = new byte[4096];
        for (int count; (count = await request.ReadAsync(piece)) > 0;)
            body.Write(piece, 0, count);
        return body.ToArray();
    }
}
