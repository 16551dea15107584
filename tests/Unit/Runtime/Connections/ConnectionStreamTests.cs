using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

/// <summary>gevent: <c>socket.makefile</c>, <c>gevent.ssl</c>.</summary>
public sealed class ConnectionStreamTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task StreamReader_OverAConnection_ReadsLines()
    {
        await using var host = new TestHub();
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using var reader = new StreamReader(connection.AsStream());
            while (await reader.ReadLineAsync() is { } line)
            {
                Assert.Same(connection.Hub, Hub.Current);
                await connection.SendAsync(Encoding.ASCII.GetBytes(line.ToUpperInvariant() + "\n"));
            }
        });
        peer.Send("one\ntw"u8);
        await host.SettleAsync();
        peer.Send("o\n"u8);
        peer.ShutdownSend();
        Assert.Equal("ONE\nTWO\n"u8.ToArray(), await peer.ReceiveToEndAsync(Cancellation).Soon());
    }

    [Fact]
    public async Task CopyToAsync_BetweenConnections_ComesBackToTheHubFromThePool()
    {
        await using var host = new TestHub();
        var other = new TaskCompletionSource<Connection>(TaskCreationOptions.RunContinuationsAsynchronously);
        var target = MemoryConnection.Connect(host.Hub, async connection =>
        {
            other.SetResult(connection);
            await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
        });
        byte[] data = new byte[300_000];
        Random.Shared.NextBytes(data);
        var source = MemoryConnection.Connect(host.Hub, async connection =>
        {
            await using var from = connection.AsStream();
            await using var to = (await other.Task).AsStream();
            await from.CopyToAsync(to);
        });
        source.Send(data.AsSpan(0, 1000));
        await host.SettleAsync();
        source.Send(data.AsSpan(1000));
        source.ShutdownSend();
        Assert.Equal(data, await target.ReceiveToEndAsync(Cancellation).Soon());
        await host.SettleAsync();
        Assert.True(source.IsClosed);
    }

    [Fact]
    public async Task Read_OnAnotherThread_MayBlockAndOnTheHubMayNot()
    {
        await using var host = new TestHub();
        Stream? stream = null;
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            stream = connection.AsStream();
            Assert.Throws<InvalidOperationException>(() => stream.Read(new byte[1], 0, 1));
            await Coroutine.Sleep(Timeout.InfiniteTimeSpan);
        });
        await host.SettleAsync();
        peer.Send("ab"u8);
        byte[] buffer = new byte[10];
        Assert.Equal(2, stream!.Read(buffer, 0, 10));
        stream.Write("xyz"u8.ToArray(), 0, 3);
        Assert.Equal("xyz"u8.ToArray(), await peer.ReceiveAsync(3, Cancellation).Soon());
        stream.Dispose();
        await host.SettleAsync();
        Assert.True(peer.IsClosed);
        Assert.False(stream.CanRead);
        await Assert.ThrowsAsync<IOException>(async () => _ = await stream.ReadAsync(buffer, Cancellation));
    }

    [Fact]
    public async Task SslStream_OverBothEnds_TalksInBothDirections()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.MaxValue);
        await using var server = await SocketServer.StartAsync(async connection =>
        {
            await using var tls = new SslStream(connection.AsStream());
            await tls.AuthenticateAsServerAsync(certificate);
            byte[] buffer = new byte[100];
            for (int count; (count = await tls.ReadAsync(buffer)) > 0;)
                await tls.WriteAsync(buffer.AsMemory(0, count));
        });
        await server.Host.RunAsync(async () =>
        {
            var connection = await Connection.ConnectAsync(server.EndPoint);
            await using var tls = new SslStream(connection.AsStream());
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = "localhost",
                    RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.Equals(certificate)
                });
            await tls.WriteAsync("secret"u8.ToArray());
            byte[] buffer = new byte[6];
            await tls.ReadExactlyAsync(buffer);
            Assert.Equal("secret"u8.ToArray(), buffer);
        });
    }
}
