using System.Text;
using AsyncServer.Http;
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
        byte[] arrival = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat($"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n", RequestsPerArrival)));
        long least = long.MaxValue;
        for (int run = 0; run < 5; run++)
            least = Math.Min(least, await AllocatedAsync(server, arrival));
        Assert.InRange(least / (Arrivals * RequestsPerArrival), 0, most);
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
