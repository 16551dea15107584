using System.Diagnostics;
using System.Text;
using AsyncServer.Http;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.AccessLogs;

public sealed class AccessLogBufferTests : IDisposable
{
    private const int RequestsPerArrival = 32;
    private const int Arrivals = 100;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-log-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Combined_PerRequest_AllocatesNothingOnTheHub()
    {
        await using var server = new WireServer(accessLog: new AccessLogOptions { Path = Path.Combine(_folder.FullName, "log") });
        byte[] arrival = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat("GET /hello HTTP/1.1\r\nHost: a\r\nUser-Agent: x\r\n\r\n", RequestsPerArrival)));
        long least = long.MaxValue;
        for (int run = 0; run < 5; run++)
            least = Math.Min(least, await AllocatedAsync(server, arrival));
        Assert.Equal(0, least / (Arrivals * RequestsPerArrival));
    }

    [Fact]
    public async Task Lines_ThatNobodyTakes_AreDroppedAndCounted()
    {
        string fifo = MakeFifo();
        using var reader = new FileStream(fifo, FileMode.Open, FileAccess.ReadWrite); // nobody reads
        await using var server = new WireServer(accessLog: new AccessLogOptions { Path = fifo });
        byte[] arrival = Encoding.ASCII.GetBytes(
            string.Concat(Enumerable.Repeat($"GET /hello?{new string('x', 1000)} HTTP/1.1\r\nHost: a\r\n\r\n", 10)));
        await AllocatedAsync(server, arrival, times: 400); // 4,000 lines of 1 KB
        Assert.Contains("200 OK", await server.ExchangeAsync("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n"), StringComparison.Ordinal);
        await server.StopAsync(TimeSpan.Zero);
        long lost = server.Log.Lines.Where(static line => line.Id.Id == 30)
            .Sum(static line => long.Parse(line.Text.Split(' ')[^5..].First(static word => word.All(char.IsAsciiDigit)),
                System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(lost, 3000, 4001);
    }

    [Fact]
    public void Writer_FileThatTakesPartOfALine_FinishesItBeforeTheNext()
    {
        string fifo = MakeFifo();
        using var reader = new FileStream(fifo, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 1);
        var writer = new AccessLogWriter(AppendFile.Open(fifo));
        byte[] lines = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 10_000).Select(static number => $"line {number:D8}\n")));
        long lost = writer.Write(lines);
        Assert.InRange(lost, 1, 9_999);
        Assert.Equal(2, writer.Write("dropped 1\ndropped 2\n"u8)); // still full
        byte[] read = new byte[lines.Length];
        int count = reader.Read(read, 0, read.Length);
        Assert.Equal(0, writer.Write("later\n"u8));
        Assert.Equal(0, writer.Close());
        count += reader.Read(read, count, read.Length - count);
        var whole = Encoding.ASCII.GetString(read, 0, count).TrimEnd('\n').Split('\n');
        Assert.Equal("later", whole[^1]);
        Assert.Equal(10_000 - lost, whole.Length - 1);
        Assert.Equal(whole[..^1], Enumerable.Range(0, whole.Length - 1).Select(static number => $"line {number:D8}"));
    }

    private string MakeFifo()
    {
        string path = Path.Combine(_folder.FullName, "fifo");
        using var make = Process.Start("mkfifo", [path]);
        make.WaitForExit();
        return path;
    }

    private static async Task<long> AllocatedAsync(WireServer server, byte[] arrival, int times = Arrivals)
    {
        long allocated = 0;
        await server.Hub.InvokeAsync(async () =>
        {
            var connection = new RepeatingTransport(arrival, times).Connect(server.Hub);
            long before = GC.GetAllocatedBytesForCurrentThread();
            await server.Server.ServeAsync(connection);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        });
        return allocated;
    }
}
