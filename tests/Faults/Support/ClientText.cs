using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Faults;

/// <summary>What clients of these tests do with their sockets.</summary>
internal static class ClientText
{
    internal static async Task SendTextAsync(this Socket socket, string text) =>
        await socket.SendAsync(Encoding.Latin1.GetBytes(text), FaultServer.Cancellation);

    /// <summary>All that comes until the server ends the connection, with a FIN or a reset.</summary>
    internal static async Task<string> ReceiveTextToEndAsync(this Socket socket)
    {
        var text = new StringBuilder();
        byte[] piece = new byte[16 * 1024];
        try
        {
            for (int count; (count = await socket.ReceiveAsync(piece, FaultServer.Cancellation)) > 0;)
                text.Append(Encoding.Latin1.GetString(piece, 0, count));
        }
        catch (SocketException)
        {
            // A reset: what came before it counts.
        }
        return text.ToString();
    }

    internal static async Task<string> ReceiveTextUntilAsync(this Socket socket, string end)
    {
        var text = new StringBuilder();
        byte[] piece = new byte[4096];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal))
        {
            int count = await socket.ReceiveAsync(piece, FaultServer.Cancellation);
            Assert.True(count > 0, $"the server ended after: {text}");
            text.Append(Encoding.Latin1.GetString(piece, 0, count));
        }
        return text.ToString();
    }

    /// <summary>Closes with a reset.</summary>
    internal static void Reset(this Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }
}
