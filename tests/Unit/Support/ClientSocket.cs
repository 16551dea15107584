using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Unit.Support;

/// <summary>What test clients do with their blocking sockets.</summary>
internal static class ClientSocket
{
    internal static byte[] ReceiveExactly(this Socket client, int count)
    {
        byte[] bytes = new byte[count];
        for (int at = 0, got; at < count; at += got)
            Assert.NotEqual(0, got = client.Receive(bytes, at, count - at, SocketFlags.None));
        return bytes;
    }

    internal static byte[] ReceiveToEnd(this Socket client)
    {
        var all = new List<byte>();
        byte[] piece = new byte[16 * 1024];
        for (int got; (got = client.Receive(piece)) > 0;)
            all.AddRange(piece.AsSpan(0, got));
        return [.. all];
    }

    /// <summary>
    /// Posts a body and takes the answer while it is sent, until the server closes. HttpClient sends all of a body before it reads:
    /// with an answer that comes back as the body goes out, both ends would wait for each other once the socket buffers are full.
    /// </summary>
    internal static async Task<WireResponse> PostAsync(this Socket client, string path, byte[] body, bool chunked,
        CancellationToken cancellation)
    {
        const int ChunkSize = 70_001;
        string framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}";
        using var request = new MemoryStream();
        request.Write(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{framing}\r\n\r\n"));
        if (!chunked)
            request.Write(body);
        else
        {
            foreach (byte[] chunk in body.Chunk(ChunkSize))
                request.Write([.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]);
            request.Write("0\r\n\r\n"u8);
        }
        await using var stream = new NetworkStream(client);
        using var answer = new MemoryStream();
        var receiving = stream.CopyToAsync(answer, cancellation);
        await stream.WriteAsync(request.GetBuffer().AsMemory(0, (int)request.Length), cancellation);
        await receiving;
        return Assert.Single(WireResponse.ReadAll(Encoding.Latin1.GetString(answer.ToArray()), "POST"));
    }

    /// <summary>Closes with a reset.</summary>
    internal static void Reset(this Socket client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
    }
}
