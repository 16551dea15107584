using System.Net.Sockets;

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

    /// <summary>Closes with a reset.</summary>
    internal static void Reset(this Socket client)
    {
        client.LingerState = new LingerOption(true, 0);
        client.Dispose();
    }
}
