using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

/// <summary>A file that changes under a reader who is slower than the server.</summary>
public sealed class ChangeWhileSentTests
{
    private const int Size = 300_000;
    private const int PeerCapacity = 16 * 1024;
    private const string Get = "GET /large HTTP/1.1\r\nHost: a\r\n\r\n";

    [Fact]
    public async Task Truncated_WhileSent_CutsTheConnectionWithoutPadding()
    {
        await using var site = new FileSite();
        string path = site.Write("large", new string('x', Size));
        var peer = site.Server.Connect(PeerCapacity);
        await site.Server.SendAsync(peer, Get);
        await using (var file = File.OpenWrite(path))
            file.SetLength(Size / 3);

        var response = WireResponse.Parse(await site.Server.ReceiveToEndAsync(peer));

        Assert.Equal("300000", response["Content-Length"]);
        Assert.Equal(new string('x', Size / 3), response.Body);
        Assert.True(peer.WasReset);
        Assert.Contains(site.Server.Log.Lines, line => line.Text.StartsWith("GET /large: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Grown_WhileSent_SendsWhatWasPromised()
    {
        await using var site = new FileSite();
        string path = site.Write("large", new string('x', Size));
        var peer = site.Server.Connect(PeerCapacity);
        await site.Server.SendAsync(peer, Get);
        await File.AppendAllTextAsync(path, new string('y', Size), site.Server.Cancellation);
        peer.ShutdownSend();

        var response = WireResponse.Parse(await site.Server.ReceiveToEndAsync(peer));

        Assert.Equal(new string('x', Size), response.Body);
        Assert.False(peer.WasReset);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReplacedOrDeleted_WhileSent_SendsTheOldContentWhole(bool replaced)
    {
        await using var site = new FileSite();
        string path = site.Write("large", new string('x', Size));
        var peer = site.Server.Connect(PeerCapacity);
        await site.Server.SendAsync(peer, Get);
        if (replaced)
            site.Replace("large", "short");
        else
            File.Delete(path);
        peer.ShutdownSend();

        var response = WireResponse.Parse(await site.Server.ReceiveToEndAsync(peer));

        Assert.Equal(new string('x', Size), response.Body);
        Assert.Equal(replaced ? 200 : 404, (await site.GetAsync("/large")).Status);
    }

    [Fact]
    public async Task ClientGone_WhileSent_ClosesTheFile()
    {
        await using var site = new FileSite();
        site.Write("large", new string('x', Size));
        var peer = site.Server.Connect(PeerCapacity);
        await site.Server.SendAsync(peer, Get);
        Assert.Contains(site.OpenFiles(), file => file.EndsWith("/large", StringComparison.Ordinal));
        peer.Reset();
        await site.Server.SettleAsync();
        Assert.DoesNotContain(site.OpenFiles(), file => file.EndsWith("/large", StringComparison.Ordinal));
    }

    [Fact]
    public async Task ReaderStops_PastTheSendTimeout_CutsAndClosesTheFile()
    {
        await using var site = new FileSite();
        site.Write("large", new string('x', Size));
        var peer = site.Server.Connect(PeerCapacity);
        await site.Server.SendAsync(peer, Get);
        await site.Server.AdvanceAsync(TimeSpan.FromSeconds(30));
        await site.Server.ReceiveToEndAsync(peer);
        Assert.True(peer.WasReset);
        Assert.DoesNotContain(site.OpenFiles(), file => file.EndsWith("/large", StringComparison.Ordinal));
    }
}
