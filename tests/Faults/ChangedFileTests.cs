using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace AsyncServer.Faults;

/// <summary>Files that change while they are sent, and what is no file: faults 38, 39 and 40.</summary>
public sealed class ChangedFileTests : IDisposable
{
    private const int Size = 20_000_000; // more than both systems' buffers hold

    private const int Kept = 1000;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("asyncserver-faults");

    private string Big => Path.Combine(_root.FullName, "big.bin");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact(Timeout = FaultServer.Timeout)]
    public async Task Truncated_WhileASlowReaderHasIt_IsCutOffShortOfItsLength()
    {
        byte[] content = WriteBig();
        await using var server = await FaultServer.StartAsync("--root", _root.FullName);
        server.LogsFailures = true;
        using var socket = await BeginAsync(server);
        using (var file = File.OpenWrite(Big))
            file.SetLength(Kept);
        byte[] body = await ReceiveBodyAsync(socket);
        Assert.InRange(body.Length, 1, Size - 1);
        // What waits in the socket is the system's page itself, and Linux clears what a file loses of a page.
        Assert.DoesNotContain(Enumerable.Range(0, body.Length), at => body[at] != content[at] && (at < Kept || body[at] != 0));
    }

    [Theory(Timeout = FaultServer.Timeout)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReplacedOrDeleted_WhileASlowReaderHasIt_ArrivesWhole(bool replaced)
    {
        byte[] content = WriteBig();
        await using var server = await FaultServer.StartAsync("--root", _root.FullName);
        using var socket = await BeginAsync(server);
        if (replaced)
        {
            await File.WriteAllTextAsync(Big + ".new", "new", FaultServer.Cancellation);
            File.Move(Big + ".new", Big, overwrite: true);
        }
        else
        {
            File.Delete(Big);
        }
        byte[] body = await ReceiveBodyAsync(socket);
        Assert.True(content.AsSpan().SequenceEqual(body));
        Assert.StartsWith(replaced ? "HTTP/1.1 200 " : "HTTP/1.1 404 ", await server.AskAsync("/big.bin"), StringComparison.Ordinal);
    }

    [Theory(Timeout = FaultServer.Timeout)]
    [InlineData("c", "1", "5")] // /dev/zero: it never ends
    [InlineData("c", "5", "0")] // /dev/tty: its open may wait
    [InlineData("b", "7", "200")] // a loop device
    public async Task Device_BelowTheRoot_Is404AtOnce(string kind, string major, string minor)
    {
        string device = Path.Combine(_root.FullName, "device");
        await Possible.OrSkipAsync("a device of one's own", "mknod", device, kind, major, minor);
        await using var server = await FaultServer.StartAsync("--root", _root.FullName);
        Assert.StartsWith("HTTP/1.1 404 ", await server.AskAsync("/device"), StringComparison.Ordinal);
    }

    private byte[] WriteBig()
    {
        byte[] content = RandomNumberGenerator.GetBytes(Size);
        File.WriteAllBytes(Big, content);
        return content;
    }

    private static async Task<Socket> BeginAsync(FaultServer server)
    {
        var socket = await server.ConnectAsync(receiveBuffer: 16 * 1024);
        await socket.SendTextAsync("GET /big.bin HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        await FaultServer.UntilAsync(() => socket.Available > 0, "the answer begins");
        return socket;
    }

    private static async Task<byte[]> ReceiveBodyAsync(Socket socket)
    {
        var all = new MemoryStream();
        byte[] piece = new byte[256 * 1024];
        try
        {
            for (int count; (count = await socket.ReceiveAsync(piece, FaultServer.Cancellation)) > 0;)
                all.Write(piece, 0, count);
        }
        catch (SocketException)
        {
            // The cut.
        }
        byte[] answer = all.ToArray();
        int headEnd = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.Contains($"Content-Length: {Size.ToString(CultureInfo.InvariantCulture)}\r\n",
            System.Text.Encoding.Latin1.GetString(answer, 0, headEnd + 2), StringComparison.Ordinal);
        return answer[(headEnd + 4)..];
    }
}
