using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Apps;

/// <summary>What a request costs in each shape of app, beyond what the app makes itself.</summary>
public sealed class AppAllocationTests
{
    private const int RequestsPerArrival = 32;
    private const int Arrivals = 400;

    // Environ, its variables, start_response with its delegate, and write.
    private const int ApplicationBytes = 300;

    private static readonly (string, string)[] Plain = [("Content-Type", "text/plain")];

    [Theory]
    [InlineData("/delegate", 0)]
    [InlineData("/application", ApplicationBytes)]
    public async Task App_PerRequest_AllocatesNoMoreThanItsShape(string target, int most)
    {
        await using var server = new WireServer(routes =>
        {
            routes.Map("/delegate", (_, _) => Response.Text("hello"));
            routes.Map("/application", (_, startResponse) =>
            {
                startResponse("200 OK", Plain);
                return "hello";
            });
        });
        byte[] arrival = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n", RequestsPerArrival)));
        long least = long.MaxValue;
        for (int run = 0; run < 5; run++)
            least = Math.Min(least, await AllocatedAsync(server, arrival));
        Assert.InRange(least / (Arrivals * RequestsPerArrival), 0, most);
    }

    /// <summary>Regression: beyond 32 in flight each request cost 15 to 22 KB, its buffers and its state.</summary>
    [Fact]
    public async Task App_ThatWaits_With512InFlight_AllocatesUnderOneKilobyteEach()
    {
        const int InFlight = 512;
        const int Rounds = 20;
        int inFlight = 0, most = 0;
        await using var server = new WireServer(routes => routes.MapHandler("/wait", async (_, _, _) =>
        {
            most = Math.Max(most, ++inFlight);
            await Coroutine.Yield();
            await Coroutine.Yield();
            inFlight--;
        }));
        byte[] arrival = Encoding.ASCII.GetBytes("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        long least = long.MaxValue;
        for (int run = 0; run < 5; run++)
        {
            await server.Hub.InvokeAsync(async () =>
            {
                var connections = Enumerable.Range(0, InFlight).Select(_ => new RepeatingTransport(arrival, Rounds).Connect(server.Hub))
                    .ToList();
                long before = GC.GetAllocatedBytesForCurrentThread();
                var serving = connections.Select(connection => Coroutine.Spawn(() => server.Server.ServeAsync(connection))).ToList();
                await Coroutine.JoinAllAsync(serving);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            });
        }
        Assert.Equal(InFlight, most);
        Assert.InRange(least / (InFlight * Rounds), 1, 1023);
    }

    private static async Task<long> AllocatedAsync(WireServer server, byte[] arrival)
    {
        long allocated = 0;
        await server.Hub.InvokeAsync(async () =>
        {
            var connection = new RepeatingTransport(arrival, Arrivals).Connect(server.Hub);
            long before = GC.GetAllocatedBytesForCurrentThread();
            await server.Server.ServeAsync(connection);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        return allocated;
    }
}
