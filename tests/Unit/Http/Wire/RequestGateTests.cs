using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Wire;

/// <summary>MaxConcurrentRequests: who works, who waits, who is told to come again.</summary>
public sealed class RequestGateTests
{
    private const string Slow = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Hello = "GET /hello HTTP/1.1\r\nHost: a\r\n\r\n";
    private static readonly TimeSpan QueueTimeout = TimeSpan.FromSeconds(10);

    private readonly Queue<TaskCompletionSource> _working = new();

    private WireServer Start(int queued = 1, int atATime = 1) => new(
        routes => routes.Map("/slow", async (_, cancellation) =>
        {
            var gate = new TaskCompletionSource();
            _working.Enqueue(gate);
            await gate.Task.WaitAsync(cancellation);
            return Response.Text("slow");
        }),
        new HttpLimits { MaxConcurrentRequests = atATime, MaxQueuedRequests = queued });

    [Fact]
    public async Task BeyondTheLimit_WaitsAndIsAnsweredInOrder()
    {
        await using var server = Start(queued: 2);
        var peers = Enumerable.Range(0, 3).Select(_ => server.Connect()).ToArray();
        foreach (var peer in peers)
            await server.SendAsync(peer, Slow);
        foreach (var peer in peers)
        {
            Assert.Equal("", await server.ReceiveNowAsync(peer));
            Assert.Single(_working);
            _working.Dequeue().SetResult();
            Assert.Equal("slow", Assert.Single(WireResponse.ReadAll(await server.ReceiveNowAsync(peer))).Body);
        }
    }

    [Fact]
    public async Task QueueIsFull_503WithRetryAfterAndTheConnectionGoesOn()
    {
        await using var server = Start(queued: 0);
        var first = server.Connect();
        var second = server.Connect();
        await server.SendAsync(first, Slow);
        await server.SendAsync(second, "POST /hello HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nGET /" + Hello);
        var refused = WireResponse.ReadAll(await server.ReceiveNowAsync(second));
        Assert.All(refused, response => Assert.Equal((503, "1", null), (response.Status, response["Retry-After"], response["Connection"])));
        Assert.Equal(2, refused.Count); // the body was not taken for a request
        _working.Dequeue().SetResult();
        await server.SendAsync(second, Hello);
        Assert.Equal("hello", Assert.Single(WireResponse.ReadAll(await server.ReceiveNowAsync(second))).Body);
        var line = Assert.Single(server.Log.Lines, line => line.Text.StartsWith("Overloaded", StringComparison.Ordinal)); // one a second
        Assert.Equal("Overloaded: 1 connections and requests were answered with 503 since this was last logged", line.Text);
    }

    [Fact]
    public async Task WaitsTooLong_503AndItsPlaceInTheQueueIsFree()
    {
        await using var server = Start();
        var first = server.Connect();
        var second = server.Connect();
        var third = server.Connect();
        await server.SendAsync(first, Slow);
        await server.SendAsync(second, Hello);
        await server.AdvanceAsync(QueueTimeout - TimeSpan.FromTicks(1));
        Assert.Equal("", await server.ReceiveNowAsync(second));
        await server.AdvanceAsync(TimeSpan.FromTicks(1));
        Assert.Equal(503, Assert.Single(WireResponse.ReadAll(await server.ReceiveNowAsync(second))).Status);
        await server.SendAsync(third, Hello);
        Assert.Equal("", await server.ReceiveNowAsync(third));
        _working.Dequeue().SetResult();
        Assert.Equal(200, Assert.Single(WireResponse.ReadAll(await server.ReceiveNowAsync(third))).Status);
    }

    [Fact]
    public async Task IdleConnections_HoldNoPlace()
    {
        await using var server = Start(queued: 0);
        var idle = Enumerable.Range(0, 20).Select(_ => server.Connect()).ToArray();
        foreach (var peer in idle)
        {
            await server.SendAsync(peer, Hello);
            Assert.Equal(200, Assert.Single(WireResponse.ReadAll(await server.ReceiveNowAsync(peer))).Status);
        }
        Assert.All(idle, peer => Assert.False(peer.IsClosed));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ClientGone_WaitingOrWorking_ItsPlaceIsFree(bool isWorking)
    {
        await using var server = Start();
        var first = server.Connect();
        var second = server.Connect();
        await server.SendAsync(first, Slow);
        await server.SendAsync(second, Slow);
        (isWorking ? first : second).Reset();
        await server.SettleAsync();
        Assert.Equal(isWorking ? 2 : 1, _working.Count); // the one that waited works now
        var third = server.Connect();
        await server.SendAsync(third, Hello);
        Assert.Equal("", await server.ReceiveNowAsync(third)); // it waits: the queue has room again
        foreach (var gate in _working)
            gate.TrySetResult();
        Assert.Equal(200, Assert.Single(WireResponse.ReadAll(await server.ReceiveNowAsync(third))).Status);
    }

    [Fact]
    public async Task AppFails_ItsPlaceIsFree()
    {
        await using var server = new WireServer(
            routes =>
            {
                routes.Map("/now", Response (_, _) => throw new InvalidOperationException("now"));
                routes.Map("/later", async (_, _) =>
                {
                    await AsyncServer.Runtime.Coroutine.Yield();
                    throw new InvalidOperationException("later");
#pragma warning disable CS0162 // gives the function its type
                    return Response.Empty();
#pragma warning restore CS0162
                });
            },
            new HttpLimits { MaxConcurrentRequests = 1, MaxQueuedRequests = 0 });
        var peer = server.Connect();
        foreach (string path in new[] { "/now", "/later", "/now", "/later" })
        {
            await server.SendAsync(peer, $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(500, Assert.Single(WireResponse.ReadAll(await server.ReceiveNowAsync(peer))).Status);
        }
    }

    [Fact]
    public async Task Drain_RequestThatWaits_IsAnswered()
    {
        await using var server = Start();
        var first = server.Connect();
        var second = server.Connect();
        await server.SendAsync(first, Slow);
        await server.SendAsync(second, Hello);
        var stopping = server.StopAsync(TimeSpan.FromSeconds(30));
        await server.SettleAsync();
        _working.Dequeue().SetResult();
        foreach (var peer in new[] { first, second })
        {
            Assert.Equal((200, "close"), WireResponse.ReadAll(await server.ReceiveToEndAsync(peer))
                .Select(response => (response.Status, response["Connection"])).Single());
            peer.ShutdownSend();
        }
        Assert.Equal(0, await stopping);
    }
}
