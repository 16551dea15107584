using System.ComponentModel;
using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Connections;

[Collection(Descriptors.Name)]
public sealed class ConnectTests() : ConnectContract(TransportKind.Epoll);

[Collection(Descriptors.Name)]
public sealed class ManagedConnectTests() : ConnectContract(TransportKind.Sockets);

/// <summary>gevent: <c>socket.create_connection</c>.</summary>
public abstract class ConnectContract(TransportKind transport)
{
    private const int ConnectionRefused = 111;
    private const int AddressNotAvailable = 99;

    private static async Task EchoAsync(Connection connection)
    {
        using (connection)
        {
            byte[] buffer = new byte[100];
            while (await connection.ReceiveAsync(buffer) is > 0 and var count)
                await connection.SendAsync(buffer.AsMemory(0, count));
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task Connect_ToAServer_TalksToIt(string host)
    {
        await using var server = await SocketServer.StartAsync(EchoAsync, transport: transport);
        await server.Host.RunAsync(async () =>
        {
            using var connection = await Connection.ConnectAsync($"{host}:{server.EndPoint.Port}");
            Assert.Equal(server.EndPoint, connection.RemoteEndPoint);
            Assert.NotNull(connection.LocalEndPoint);
            await connection.SendAsync("hello"u8.ToArray());
            byte[] buffer = new byte[10];
            Assert.Equal(5, await connection.ReceiveAsync(buffer));
        });
    }

    [Fact]
    public async Task Connect_NobodyListens_SaysWhereAndWhy()
    {
        var leaked = Descriptors.Take();
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, and refuses
        var endPoint = bound.LocalEndPoint!;
        await using (var host = new TestHub(transport: transport))
        {
            await host.RunAsync(async () =>
            {
                var exception = await Assert.ThrowsAsync<IOException>(() => Connection.ConnectAsync(endPoint, CancellationToken.None));
                Assert.StartsWith($"Cannot connect to {endPoint}: ", exception.Message);
                Assert.Equal(ConnectionRefused, Assert.IsType<Win32Exception>(exception.InnerException).NativeErrorCode);
            });
        }
        bound.Dispose();
        await leaked.AssertNoneLeakedAsync();
    }

    [Fact]
    public async Task Connect_FromALocalAddress_ComesFromThere()
    {
        await using var server = await SocketServer.StartAsync(EchoAsync, transport: transport);
        var local = new IPEndPoint(IPAddress.Parse("127.0.0.77"), 0);
        await server.Host.RunAsync(async () =>
        {
            using var connection = await Connection.ConnectAsync(server.EndPoint, local);
            var chosen = Assert.IsType<IPEndPoint>(connection.LocalEndPoint);
            Assert.Equal(local.Address, chosen.Address);
            Assert.NotEqual(0, chosen.Port);
            await connection.SendAsync("hello"u8.ToArray());
            Assert.Equal(5, await connection.ReceiveAsync(new byte[10]));
        });
    }

    [Fact]
    public async Task Connect_FromAnAddressOfAnotherMachine_SaysSo()
    {
        var leaked = Descriptors.Take();
        await using (var server = await SocketServer.StartAsync(EchoAsync, transport: transport))
        {
            var local = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0); // RFC 5737: nobody's
            await server.Host.RunAsync(async () =>
            {
                var exception = await Assert.ThrowsAsync<IOException>(
                    () => Connection.ConnectAsync(server.EndPoint, local, TestContext.Current.CancellationToken));
                Assert.StartsWith($"Cannot connect to {server.EndPoint} from {local}: ", exception.Message);
                Assert.Equal(AddressNotAvailable, Assert.IsType<Win32Exception>(exception.InnerException).NativeErrorCode);
            });
        }
        await leaked.AssertNoneLeakedAsync();
    }

    [Fact]
    public async Task Connect_FromAnAddressOfAnotherFamily_Throws()
    {
        var local = new IPEndPoint(IPAddress.IPv6Loopback, 0);
        await Assert.ThrowsAsync<ArgumentException>(() =>
            Connection.ConnectAsync(new IPEndPoint(IPAddress.Loopback, 1), local, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Connect_BacklogIsFull_EndsByTheTokenAndByAKill()
    {
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0); // takes one, lets the next wait
        using var first = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        first.Connect(full.LocalEndPoint!);
        await using var host = new TestHub(transport: transport);
        using var cancellation = new CancellationTokenSource();
        Coroutine? killed = null;
        await host.RunAsync(() => { killed = Coroutine.Spawn(() => Connection.ConnectAsync(full.LocalEndPoint!)); });
        var connecting = host.Hub.InvokeAsync(() => Connection.ConnectAsync(full.LocalEndPoint!, cancellation.Token));
        await host.SettleAsync();
        Assert.False(connecting.IsCompleted);
        cancellation.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
        await host.RunAsync(async () => Assert.True(await killed!.KillAsync()));
        await host.SettleAsync();
        Assert.Equal(0, host.Hub.ConnectionCount);
    }

    [Fact]
    public async Task Connect_UnixSocket_TalksToIt()
    {
        string path = Path.Combine(Path.GetTempPath(), $"connect-{Environment.ProcessId}.sock");
        await using var host = new TestHub(transport: transport);
        await host.RunAsync(async () =>
        {
            var listener = SocketListener.Attach(host.Hub, SocketListener.Bind(new UnixDomainSocketEndPoint(path)));
            _ = Coroutine.Spawn(async () => (await listener.AcceptAsync()).Connect(host.Hub, EchoAsync));
            using var connection = await Connection.ConnectAsync($"unix:{path}");
            await connection.SendAsync("hello"u8.ToArray());
            Assert.Equal(5, await connection.ReceiveAsync(new byte[10]));
            listener.Close();
        });
        File.Delete(path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("localhost:")]
    [InlineData("localhost:65536")]
    [InlineData("localhost:-1")]
    [InlineData("a b:80")]
    [InlineData("::1:80")]
    [InlineData("[127.0.0.1]:80")]
    [InlineData("unix:")]
    public void Parse_NotAnAddress_SaysSo(string text) =>
        Assert.Contains($"\"{text}\"", Assert.Throws<FormatException>(() => EndPointText.Parse(text)).Message);

    [Theory]
    [InlineData("127.0.0.1:0", "127.0.0.1:0")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData("unix:/tmp/a", "/tmp/a")]
    public void Parse_Address_IsRead(string text, string expected) => Assert.Equal(expected, EndPointText.Parse(text).ToString());
}
