using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using AsyncServer.Load;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Load.C10K;

/// <summary>A client process without the process: lines in, lines out, real sockets between.</summary>
public sealed class ClientProgramTests
{
    private const string Answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    private const double Long = 30;
    private const double Short = 0.3;

    [Fact]
    public async Task Phases_OfAServerThatAnswers_ServeAll()
    {
        await using var server = await SocketServer.StartAsync(connection => AnswerAsync(connection, int.MaxValue));
        await using var client = new Client(server.EndPoint);
        var opening = await client.RunAsync(new ClientOrder { Phase = ClientPhase.Open, Count = 20, Window = 4, Seconds = Long });
        Assert.Equal((20, 20), (opening.Served, opening.Settled));
        Assert.Equal(20, opening.Microseconds.Length);
        var again = await client.RunAsync(new ClientOrder { Phase = ClientPhase.Again, Window = 4, Seconds = Long });
        Assert.Equal((20, 20), (again.Served, again.Settled));
        var active = await client.RunAsync(new ClientOrder { Phase = ClientPhase.Active, Count = 5, Rate = 50, Seconds = Short });
        // 5 connections, one request each 100 ms, 300 ms; none is forgotten, late or not
        Assert.Equal((15, 15), (active.Served + active[Outcome.Unanswered], active.Settled));
    }

    [Fact]
    public async Task Open_ServerThatNeverAnswers_IsUnansweredWhenTheTimeIsOver()
    {
        await using var server = await SocketServer.StartAsync(SwallowAsync);
        await using var client = new Client(server.EndPoint);
        var opening = await client.RunAsync(new ClientOrder { Phase = ClientPhase.Open, Count = 3, Window = 3, Seconds = Short });
        Assert.Equal((3, 3), (opening[Outcome.Unanswered], opening.Settled));
    }

    [Fact]
    public async Task Open_OneServedAtATime_StillTriesTheOthers()
    {
        bool isBusy = false;
        await using var server = await SocketServer.StartAsync(async connection =>
        {
            bool isFirst = !isBusy;
            isBusy = true;
            await (isFirst ? AnswerAsync(connection, int.MaxValue) : SwallowAsync(connection));
        });
        await using var client = new Client(server.EndPoint);
        var opening = await client.RunAsync(new ClientOrder { Phase = ClientPhase.Open, Count = 4, Window = 1, Seconds = 1 });
        Assert.Equal((1, 3), (opening.Served, opening[Outcome.Unanswered]));
    }

    [Fact]
    public async Task Stop_WhileConnectionsWait_EndsThePhaseWithWhatThereIs()
    {
        await using var server = await SocketServer.StartAsync(SwallowAsync);
        await using var client = new Client(server.EndPoint);
        var opening = client.RunAsync(new ClientOrder { Phase = ClientPhase.Open, Count = 3, Window = 3, Seconds = Long });
        await Until.TrueAsync(() => server.Host.Hub.ConnectionCount == 3, "three connections");
        client.Give(new ClientOrder { Phase = ClientPhase.Stop });
        Assert.Equal(3, (await opening)[Outcome.Unanswered]);
    }

    [Theory]
    [InlineData(false, Outcome.Closed)]
    [InlineData(true, Outcome.Reset)]
    public async Task Open_ServerThatEndsConnections_SaysHow(bool resets, object outcome)
    {
        await using var server = await SocketServer.StartAsync(async connection =>
        {
            await connection.ReceiveAsync(new byte[1000]);
            if (resets)
                connection.Abort();
            else
                connection.Close();
        });
        await using var client = new Client(server.EndPoint);
        var opening = await client.RunAsync(new ClientOrder { Phase = ClientPhase.Open, Count = 3, Window = 3, Seconds = Long });
        Assert.Equal((3, 3), (opening[(Outcome)outcome], opening.Settled));
    }

    [Fact]
    public async Task Open_NobodyListens_IsRefused()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, and refuses
        await using var client = new Client((IPEndPoint)bound.LocalEndPoint!);
        var opening = await client.RunAsync(new ClientOrder { Phase = ClientPhase.Open, Count = 3, Window = 3, Seconds = Long });
        Assert.Equal((3, 3), (opening[Outcome.Refused], opening.Settled));
    }

    [Fact]
    public async Task Again_ServerThatAnswersOnce_FailsOnAllAndKeepsNone()
    {
        await using var server = await SocketServer.StartAsync(connection => AnswerAsync(connection, 1));
        await using var client = new Client(server.EndPoint);
        Assert.Equal(3,
            (await client.RunAsync(new ClientOrder { Phase = ClientPhase.Open, Count = 3, Window = 3, Seconds = Long })).Served);
        var again = await client.RunAsync(new ClientOrder { Phase = ClientPhase.Again, Window = 3, Seconds = Long });
        Assert.Equal((0, 3), (again.Served, again.Failed));
        Assert.Equal(0,
            (await client.RunAsync(new ClientOrder { Phase = ClientPhase.Active, Count = 1, Rate = 10, Seconds = Short })).Settled);
    }

    // Reads, and never answers.
    private static async Task SwallowAsync(Connection connection)
    {
        using (connection)
        {
            while (await connection.ReceiveAsync(new byte[1000]) > 0)
                continue;
        }
    }

    // So many requests are answered; then the connection ends.
    private static async Task AnswerAsync(Connection connection, int count)
    {
        using (connection)
        {
            byte[] buffer = new byte[1000]; // a request comes whole, or the test fails
            for (int answered = 0; answered < count && await connection.ReceiveAsync(buffer) > 0; answered++)
                await connection.SendAsync(Encoding.ASCII.GetBytes(Answer));
        }
    }

    private sealed class Client : IAsyncDisposable
    {
        private readonly StreamWriter _orders;
        private readonly StreamReader _news;
        private readonly Task _running;

        internal Client(IPEndPoint server)
        {
            var orders = new Pipe();
            var news = new Pipe();
            _orders = new StreamWriter(orders.Writer.AsStream()) { AutoFlush = true };
            _news = new StreamReader(news.Reader.AsStream());
            _running = new ClientProgram(new StreamReader(orders.Reader.AsStream()), new StreamWriter(news.Writer.AsStream()),
                TimeProvider.System).RunAsync();
            Write(JsonSerializer.Serialize(new ClientPlan
            {
                Server = $"{server}",
                Sources = ["127.0.0.2", "127.0.0.3"],
                Path = "/",
                Body = "hello"u8.ToArray()
            }, ClientJson.Default.ClientPlan));
        }

        internal void Give(ClientOrder order) => Write(JsonSerializer.Serialize(order, ClientJson.Default.ClientOrder));

        internal async Task<PhaseTally> RunAsync(ClientOrder order)
        {
            Give(order);
            while (true)
            {
                string line = await _news.ReadLineAsync()
                    .WaitAsync(TestHub.Patience) ?? throw new InvalidOperationException("the client has ended");
                var news = JsonSerializer.Deserialize(line, ClientJson.Default.ClientNews)!;
                if (news.IsFinal)
                    return PhaseTally.From(news);
            }
        }

        public async ValueTask DisposeAsync()
        {
            _orders.Dispose();
            await _running.WaitAsync(TestHub.Patience);
            _news.Dispose();
        }

        private void Write(string line) => _orders.WriteLine(line);
    }
}
