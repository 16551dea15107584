using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Unit.Http.Parsing;

public sealed class RequestParserTests
{
    [Fact]
    public void Parse_UsualRequest_GivesEverySlice()
    {
        byte[] message = Bytes("GET /say_hello.py?name=x HTTP/1.1\r\nHost: 127.0.0.1:8888\r\nAccept:\t*/* \r\n\r\nrest");
        var head = new RequestHead();

        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(message, head, ParserLimits.Default));
        Assert.Same("GET", head.Method);
        Assert.Equal("/say_hello.py?name=x", Text(head.Target, message));
        Assert.Equal("/say_hello.py", Text(head.Path, message));
        Assert.True(head.PathIsPlain);
        Assert.Equal("name=x", Text(head.Query, message));
        Assert.Equal(1, head.MinorVersion);
        Assert.Equal("127.0.0.1:8888", Text(head.Host, message));
        Assert.True(head.TryFind(message, "accept"u8, out Slice accept));
        Assert.Equal("*/*", Text(accept, message));
        Assert.True(head.KeepAlive);
        Assert.Equal(message.Length - "rest".Length, head.Length);
    }

    [Fact]
    public void Parse_AgainAfterTheEnd_GivesTheSameAnswer()
    {
        var head = new RequestHead();
        byte[] message = Bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        RequestParser.Parse(message, head, ParserLimits.Default);
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(message, head, ParserLimits.Default));

        head.Reset();
        byte[] refused = Bytes("GET / HTTP/3.0\r\n");
        RequestParser.Parse(refused, head, ParserLimits.Default);
        Assert.Equal(ParseStatus.Invalid, RequestParser.Parse(refused, head, ParserLimits.Default));
        Assert.Same(Rejection.VersionNotSupported, head.Rejection);
    }

    [Fact]
    public void Parse_HeadReusedAfterReset_AllocatesNothing()
    {
        byte[] message = Bytes("POST /a?b HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
        var head = new RequestHead();
        RequestParser.Parse(message, head, ParserLimits.Default);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            head.Reset();
            RequestParser.Parse(message, head, ParserLimits.Default);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(5, head.ContentLength);
        Assert.False(head.KeepAlive);
    }

    [Fact]
    public void Reset_AfterARequestWithEverything_LeavesNothingOfIt()
    {
        var head = new RequestHead();
        byte[] full = Bytes(
            "POST https://b/%41?q HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(full, head, ParserLimits.Default));
        head.Reset();
        byte[] bare = Bytes("GET / HTTP/1.0\r\n\r\n");

        Assert.Equal(ParseStatus.Complete, RequestParser.Parse(bare, head, ParserLimits.Default));
        Assert.Equal(0, head.HeaderCount);
        Assert.Equal(TargetForm.Origin, head.TargetForm);
        Assert.True(head.Authority.IsEmpty && head.Host.IsEmpty && head.Query.IsEmpty);
        Assert.False(head.HasQuery || head.IsHttps || head.IsChunked || head.ExpectContinue || head.KeepAlive || head.HasBody);
        Assert.True(head.PathIsPlain);
    }

    [Fact]
    public void Parse_FirstByteThatNoMethodHas_IsRefusedWithoutWaitingForALine()
    {
        var head = new RequestHead();
        Assert.Equal(ParseStatus.Invalid, RequestParser.Parse([0x16, 0x03, 0x01], head, ParserLimits.Default));
        Assert.Same(Rejection.InvalidMethod, head.Rejection);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("\r\n", false)]
    [InlineData("\r\nG", true)]
    [InlineData("G", true)]
    [InlineData("GET / HTTP/1.1\r\n", true)]
    public void HasBegun_BytesSoFar_IsTrueFromTheFirstByteOfARequest(string bytes, bool begun)
    {
        var head = new RequestHead();
        Assert.Equal(ParseStatus.Incomplete, RequestParser.Parse(Bytes(bytes), head, ParserLimits.Default));
        Assert.Equal(begun, head.HasBegun);
    }

    [Fact]
    public void Parse_ByteByByte_NeverSearchesAByteTwice()
    {
        byte[] message = Bytes("GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('x', 5000) + "\r\n\r\n");
        var head = new RequestHead();
        for (int length = 1; length < message.Length; length++)
        {
            Assert.Equal(ParseStatus.Incomplete, RequestParser.Parse(message.AsSpan(0, length), head, ParserLimits.Default));
            Assert.Equal(length, head.Searched);
        }
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Text(Slice slice, byte[] message) => Encoding.Latin1.GetString(slice.Of(message));
}
