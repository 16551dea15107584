using System.Text;
using AsyncServer.Fuzz;

namespace AsyncServer.Unit.Faults;

/// <summary>The fuzzer sees what it is there to see.</summary>
public sealed class FuzzVerdictTests
{
    private const string Get = "GET /n HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Refused = "GET / HTTP/1.1\r\n\r\n";
    private const string Chunked = "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    private const string BadRequest = "HTTP/1.1 400 Bad Request\r\nDate: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno";

    private static readonly string Echo = Oracle.Read(Encoding.Latin1.GetBytes(Get))[0].Echo!;

    private static string Answer(string more = "") =>
        $"HTTP/1.1 200 OK\r\nDate: x\r\nX-Echo: {Echo}\r\n{more}Content-Length: {Echo.Length}\r\n\r\n{Echo}";

    [Fact]
    public void Conversation_AsExpected_IsRight()
    {
        Assert.Null(Judge(Get, Answer()));
        Assert.Null(Judge(Get + Get, Answer() + Answer()));
        Assert.Null(Judge(Get + Refused, Answer() + BadRequest));
        Assert.Null(Judge(Get + "GET /", Answer()));
        Assert.Null(Judge(Chunked + "x", BadRequest));
    }

    public static TheoryData<string, string, string> Mistakes() => new()
    {
        { Get, "", "has no answer" },
        { Get + Get, Answer(), "message 2 (Whole) has no answer" },
        { Get, Answer() + Answer(), "2 answers to 1 messages" },
        { Refused + Get, BadRequest + Answer(), "1 answers after answer 1, which ends the connection" },
        { Refused, BadRequest.Replace("Connection: close\r\n", "", StringComparison.Ordinal), "the connection goes on after a refusal" },
        { Refused, Answer(), "status 200 instead of 400" },
        { Chunked + "x", Answer(), "status 200 instead of 400" },
        { Get, Answer("Connection: close\r\n"), "ends without a need" },
        { Get, Answer().Replace("200 OK", "500 No", StringComparison.Ordinal), "status 500" },
        { Get, Answer().Replace(" 0 ", " 1 ", StringComparison.Ordinal), "answered as" },
        { Get, Answer("Transfer-Encoding: chunked\r\n"), "both framings" },
        { Get, Answer("Content-Length: 1\r\n"), "2 headers Content-Length" },
        { Get, Answer("bad name: 1\r\n"), "a header line" },
        { Get, Answer()[1..], "a status line" },
        { Get, Answer()[..^1], "answer 1 is cut off" },
        { Get, "HTTP/1.1 100 Continue\r\n\r\n" + Answer(), "1 interim responses" },
        { Get, "HTTP/1.1 200 OK\r\nDate: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n", "a chunk" },
        { "GET / HTT", Answer(), "to a part of a head" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Conversation_WithAMistake_IsNamed(string sent, string received, string mistake) =>
        Assert.Contains(mistake, Judge(sent, received), StringComparison.Ordinal);

    [Fact]
    public void Connection_ThatDoesNotEnd_IsAMistake() =>
        Assert.Contains("did not end", new Verdict(true)
            .Judge(new Conversation([], "", HasEnded: false, TimeSpan.FromSeconds(40)), FuzzEnd.HalfClose), StringComparison.Ordinal);

    [Fact]
    public void Deadline_InALongConversation_IsRight()
    {
        string late = BadRequest.Replace("400 Bad Request", "408 Request Timeout", StringComparison.Ordinal);
        Assert.Null(new Verdict(true)
            .Judge(new Conversation(Oracle.Read("GET /"u8.ToArray()), late, HasEnded: true, TimeSpan.FromSeconds(6)), FuzzEnd.Wait));
        Assert.NotNull(Judge("GET /", late));
    }

    [Fact]
    public void Case_Written_IsReadAsItWas()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(static value => (byte)value), (byte)' '];
        var written = new FuzzCase([new FuzzPiece(bytes, 0), new FuzzPiece("\\x41\\"u8.ToArray(), 7)], FuzzEnd.AskAgain);
        var read = FuzzCase.Parse(written.Format("two\nlines"));
        Assert.Equal(written.Bytes, read.Bytes);
        Assert.Equal([0, 7], read.Pieces.Select(static piece => piece.Pause));
        Assert.Equal(FuzzEnd.AskAgain, read.End);
    }

    [Theory]
    [InlineData("# a\nsent x", "line 2: expected ")]
    [InlineData("send \\q", "line 1: an escape ")]
    [InlineData("send \\x4", "line 1: an escape ")]
    [InlineData("pause x", "line 1: expected ")]
    [InlineData("end never", "line 1: expected ")]
    public void Case_Malformed_NamesTheLine(string text, string message) =>
        Assert.StartsWith(message, Assert.Throws<FormatException>(() => FuzzCase.Parse(text)).Message, StringComparison.Ordinal);

    private static string? Judge(string sent, string received) =>
        new Verdict(knowsApp: true)
            .Judge(new Conversation(Oracle.Read(Encoding.Latin1.GetBytes(sent)), received, HasEnded: true, TimeSpan.Zero),
                FuzzEnd.HalfClose);
}
