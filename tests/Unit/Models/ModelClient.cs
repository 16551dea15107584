using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using AsyncServer.Unit.Program;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Models;

/// <summary>One connection to a program, and its answers byte by byte.</summary>
internal sealed partial class ModelClient : IDisposable
{
    private readonly TcpClient _client = new();
    private byte[] _received = new byte[64 * 1024];
    private int _length;

    internal static async Task<ModelClient> ConnectAsync(ServerProgram program)
    {
        var client = new ModelClient();
        await client._client.ConnectAsync(IPAddress.Loopback, await program.PortAsync(), TestContext.Current.CancellationToken);
        return client;
    }

    public void Dispose() => _client.Dispose();

    internal Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    internal Task SendAsync(ReadOnlyMemory<byte> data) =>
        _client.GetStream().WriteAsync(data, TestContext.Current.CancellationToken).AsTask().Soon();

    /// <summary>The next answer, whose length its head tells.</summary>
    internal async Task<(string Head, byte[] Body)> ReceiveAsync()
    {
        int headEnd;
        while ((headEnd = _received.AsSpan(0, _length).IndexOf("\r\n\r\n"u8)) < 0)
            Assert.True(await FillAsync() > 0, $"ended after: {Encoding.Latin1.GetString(_received, 0, _length)}");
        string head = Encoding.Latin1.GetString(_received, 0, headEnd + 4);
        int end = headEnd + 4 + (ContentLength().Match(head) is { Success: true } match
            ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0);
        while (_length < end)
            Assert.True(await FillAsync() > 0, $"ended in the middle of: {head}");
        byte[] body = _received[(headEnd + 4)..end];
        _received.AsSpan(end, _length - end).CopyTo(_received);
        _length -= end;
        return (head, body);
    }

    internal async Task<string> GetAsync(string path)
    {
        await SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        var (head, body) = await ReceiveAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        return Encoding.UTF8.GetString(body);
    }

    /// <summary>Sees that the server ends the connection in good order and says nothing more.</summary>
    internal async Task AssertEndAsync()
    {
        int count = await FillAsync();
        Assert.True(count == 0, $"not the end but {Encoding.Latin1.GetString(_received, 0, _length)}");
    }

    private async Task<int> FillAsync()
    {
        if (_length == _received.Length)
            Array.Resize(ref _received, _length * 2);
        int count = await _client.GetStream().ReadAsync(_received.AsMemory(_length), TestContext.Current.CancellationToken).AsTask().Soon();
        _length += count;
        return count;
    }

    [GeneratedRegex(@"\r\nContent-Length: (\d+)\r\n")]
    private static partial Regex ContentLength();
}
