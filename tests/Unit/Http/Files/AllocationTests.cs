using System.Text;
using AsyncServer.Http;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

public sealed class AllocationTests
{
    // More than a connection answers in one turn, so that entries are held against the file system again and again.
    private const int RequestsPerArrival = 32;
    private const int Arrivals = 400;

    [Theory]
    [InlineData(100, "/a.txt", "")]
    [InlineData(10_000, "/a.txt", "")]
    [InlineData(FileCache.MaxContent, "/a.txt", "")]
    [InlineData(100, "/a.txt?query", "User-Agent: test\r\nAccept: */*\r\n")]
    [InlineData(100, "/dir/", "")]
    [InlineData(100, "/app.js", "Accept-Encoding: gzip, deflate, br, zstd\r\n")]
    public async Task CacheHit_AnySize_AllocatesNothing(int size, string target, string headers)
    {
        await using var site = new FileSite(routes => routes.Map("/other", (_, _) => Response.Empty()));
        site.Write("a.txt", new byte[size]);
        site.Write("dir/index.html", new byte[size]);
        site.Write("app.js", new byte[size]);
        site.Write("app.js.br", new byte[size]);
        byte[] arrival = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat($"GET {target} HTTP/1.1\r\nHost: a\r\n{headers}\r\n", RequestsPerArrival)));

        // A run has what a connection costs, and new buffers where a collection has emptied the pools; but the smallest object for
        // each request would be far more than one byte for each, in every run.
        long least = long.MaxValue;
        for (int run = 0; run < 5; run++)
            least = Math.Min(least, await AllocatedAsync(site, arrival, Arrivals));
        Assert.InRange(least, 0, Arrivals * RequestsPerArrival);
    }

    private static async Task<long> AllocatedAsync(FileSite site, byte[] arrival, int count)
    {
        long allocated = 0;
        await site.Server.Hub.InvokeAsync(async () =>
        {
            var transport = new RepeatingTransport(arrival, count);
            var connection = transport.Connect(site.Server.Hub);
            long before = GC.GetAllocatedBytesForCurrentThread();
            await site.Server.Server.ServeAsync(connection);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(transport.Swallowed > 0);
        });
        return allocated;
    }
}
