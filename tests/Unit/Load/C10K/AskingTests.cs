using System.Text;
using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

public sealed class AskingTests
{
    private const string Right = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    [Fact]
    public void Check_EveryBeginningOfTheRightAnswer_WaitsForMore()
    {
        for (int length = 0; length < Right.Length; length++)
            Assert.Null(Check(Right[..length]));
        Assert.Equal(Outcome.Served, Check(Right));
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n", Outcome.Refused)]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\nhello", Outcome.Wrong)]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhello", Outcome.Wrong)]
    [InlineData("SSH-2.0-", Outcome.Wrong)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhelp", Outcome.Wrong)]
    [InlineData("HTTP/1.1 200 OK\r\n\r\nhello!", Outcome.Wrong)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n", Outcome.Wrong)]
    public void Check_AnythingElse_SaysWhatItIs(string received, object expected) => Assert.Equal(expected, Check(received));

    private static Outcome? Check(string received) => Asking.Check(Encoding.ASCII.GetBytes(received), "hello"u8);
}
