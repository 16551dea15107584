using System.Text;
using AsyncServer.Load;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Load;

public sealed class ResponseReaderTests
{
    private const string Date = "Date: Fri, 20 Nov 2026 12:00:00 GMT\r\n";
    private static readonly Expected Hello = new(200, "hello"u8.ToArray());

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 5\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "content-length:5 \r\nConnection: keep-alive\r\n\r\nhello")]
    [InlineData("HTTP/1.1 200 \r\n" + Date + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")]
    public async Task Read_RightAnswer_IsTakenInAnySplit(string response)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(response);
        for (int cut = 0; cut <= bytes.Length; cut++)
            Assert.Null(await ReadAsync([bytes[..cut], bytes[cut..]], Hello));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 4\r\n\r\nhell", "Content-Length 4 instead of 5")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 5\r\n\r\nhellO", "a wrong byte in the body")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 5\r\n\r\nhell", "closed in an answer")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 5\r\n\r\nhello!", "bytes after the answer")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Content-Length: +5\r\n\r\nhello",
        "Content-Length, or a second one, \"Content-Length: +5\"")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
        "Content-Length, or a second one, \"Content-Length: 5\"")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "a response with Content-Length and Transfer-Encoding")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "\r\nhello", "a response without a length")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "a response 200 without Date")]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\n" + Date + "Content-Length: 0\r\n\r\n", "status 500 instead of 200")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Connection: close\r\nContent-Length: 5\r\n\r\nhello",
        "Connection: close that nobody asked for")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "closed in an answer")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Transfer-Encoding: chunked\r\n\r\n4\r\nhell\r\n0\r\n\r\n",
        "4 bytes in chunks instead of 5")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Transfer-Encoding: chunked\r\n\r\n6\r\nhello!\r\n0\r\n\r\n",
        "more than the 5 bytes of the body")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Transfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        "a chunk size that is no hexadecimal number")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Transfer-Encoding: chunked\r\n\r\n4\r\nhello\r\n0\r\n\r\n",
        "a chunk that is not as long as its size says")]
    [InlineData("HTTP/1.1 200OK\r\n" + Date + "Content-Length: 5\r\n\r\nhello", "status line \"HTTP/1.1 200OK\"")]
    [InlineData("HTTP/1.0 200 OK\r\n" + Date + "Content-Length: 5\r\n\r\nhello", "status line \"HTTP/1.0 200 OK\"")]
    [InlineData("HTTP/1.1 200 OK\r\n" + Date + "Bad Name: 1\r\nContent-Length: 5\r\n\r\nhello", "header line \"Bad Name: 1\"")]
    [InlineData("", "closed without an answer")]
    public async Task Read_WrongAnswer_SaysWhatIsWrong(string response, string error) =>
        Assert.Equal(error, await ReadAsync([Encoding.ASCII.GetBytes(response)], Hello));

    [Fact]
    public async Task Read_AnswersInARow_AreTakenInTheirOrder()
    {
        const string First = "HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 5\r\n\r\nhello";
        const string Second = "HTTP/1.1 404 Not Found\r\n" + Date + "Content-Length: 2\r\n\r\nno";
        var missing = new Expected(404, "no"u8.ToArray());

        Assert.Null(await ReadAsync([Encoding.ASCII.GetBytes(First + Second)], Hello, missing));
        Assert.Equal("status 404 instead of 200", await ReadAsync([Encoding.ASCII.GetBytes(Second + First)], Hello, missing));
    }

    [Fact]
    public async Task Read_Head_HasALengthAndNoBody()
    {
        const string Head = "HTTP/1.1 200 OK\r\n" + Date + "Content-Length: 5\r\n\r\n";
        var expected = Hello with { IsHead = true };

        Assert.Null(await ReadAsync([Encoding.ASCII.GetBytes(Head)], expected));
        Assert.Equal("bytes after the answer", await ReadAsync([Encoding.ASCII.GetBytes(Head + "hello")], expected));
        Assert.Equal("Content-Length 6 instead of 5", await ReadAsync([Encoding.ASCII.GetBytes(Head.Replace('5', '6'))], expected));
    }

    [Fact]
    public async Task Read_LastAnswer_HasToBeFollowedByTheEnd()
    {
        const string Last = "HTTP/1.1 200 OK\r\n" + Date + "Connection: close\r\nContent-Length: 5\r\n\r\nhello";
        var expected = Hello with { Closes = true };

        Assert.Null(await ReadAsync([Encoding.ASCII.GetBytes(Last)], expected));
        Assert.Equal("no Connection: close",
            await ReadAsync([Encoding.ASCII.GetBytes(Last.Replace("Connection: close\r\n", "", StringComparison.Ordinal))], expected));
    }

    /// <summary>What was wrong, or null.</summary>
    private static async Task<string?> ReadAsync(byte[][] arrivals, params Expected[] expected)
    {
        await using var host = new TestHub();
        var outcome = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var peer = MemoryConnection.Connect(host.Hub, async connection =>
        {
            using var reader = new ResponseReader(connection, TimeSpan.Zero);
            try
            {
                foreach (var one in expected)
                    await reader.ReadAsync(one);
                reader.CheckNothingLeft();
                outcome.SetResult(null);
            }
            catch (InvalidDataException failure)
            {
                outcome.SetResult(failure.Message);
            }
        });
        foreach (byte[] arrival in arrivals)
        {
            peer.Send(arrival);
            await host.SettleAsync();
        }
        peer.ShutdownSend();
        return await outcome.Task.Soon();
    }
}
