using System.Globalization;
using System.Text;

namespace AsyncServer.Fuzz;

/// <summary>Makes valid requests, in every framing.</summary>
internal sealed class MessageMaker(Random random)
{
    private const string Letters = "abcdefghxyzABC0123456789-_.~";
    private const string Anything = "abc XYZ,;=\"()/\t\x80\xFF";

    internal byte[] Make() => Encoding.Latin1.GetBytes($"{RequestLine()}{Headers()}{Framed()}");

    private string RequestLine()
    {
        string method = Pick("GET", "GET", "GET", "POST", "POST", "PUT", "HEAD", "DELETE", "OPTIONS", "PATCH", "TRACE", "X-OTHER");
        string target = method == "OPTIONS" && random.Next(3) == 0 ? "*" : Target();
        string version = random.Next(6) == 0 ? Pick("HTTP/1.0", "HTTP/1.2") : "HTTP/1.1";
        string before = random.Next(12) == 0 ? "\r\n" : "";
        return $"{before}{method} {target} {version}\r\n";
    }

    private string Target() => random.Next(10) switch
    {
        0 => "/",
        1 => $"/{Word()}/../{Word()}?{Word()}=%41&{Word()}",
        2 => "/a%2Fb%C3%A9/%2e%2e",
        3 => $"http://{Pick("a", "a.example:80", "[::1]:8080")}/{Word()}?x",
        4 => $"{EchoSite.Unread}/{Word()}",
        5 => $"{EchoSite.HalfRead}/{Word()}",
        6 => $"{EchoSite.Streamed}/{Word()}",
        7 => $"/{Word()}.py",
        8 => $"/{new string('l', random.Next(1, 5000))}",
        _ => $"/{Word()}",
    };

    private string Headers()
    {
        var text = new StringBuilder("Host: a\r\n");
        for (int i = random.Next(10) == 0 ? random.Next(90) : random.Next(4); i > 0; i--)
            text.Append(CultureInfo.InvariantCulture,
                $"X-{Word()}:{Pick("", " ", "\t ")}{Text(Anything, 30).Trim(' ', '\t')}{Pick("", " ")}\r\n");
        if (random.Next(8) == 0)
            text.Append(CultureInfo.InvariantCulture, $"Connection: {Pick("close", "keep-alive", "Keep-Alive, x", "CLOSE")}\r\n");
        if (random.Next(12) == 0)
            text.Append("Expect: 100-continue\r\n");
        return text.ToString();
    }

    private string Framed()
    {
        if (random.Next(2) == 0)
            return "\r\n";
        string body = Content();
        return random.Next(2) == 0
            ? $"Content-Length: {body.Length}\r\n\r\n{body}"
            : $"{Pick("Transfer-Encoding", "transfer-encoding")}: {Pick("chunked", "Chunked")}\r\n\r\n{Chunks(body)}";
    }

    // Requests in a body must never be read as such.
    private string Content() => random.Next(6) switch
    {
        0 => "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n",
        1 => "0\r\n\r\n",
        2 => "",
        3 => new string('b', random.Next(1, 40_000)),
        _ => Text("ab\r\n:0;\xFF\0", 60),
    };

    private string Chunks(string body)
    {
        var text = new StringBuilder();
        for (int at = 0; at < body.Length;)
        {
            int size = random.Next(1, Math.Max(2, Math.Min(body.Length - at, 9000) + 1));
            size = Math.Min(size, body.Length - at);
            text.Append(size.ToString(Pick("x", "X", "x4"), CultureInfo.InvariantCulture))
                .Append(Pick("", "", "", ";a", ";a=b", ";a=\"b;\\\"c\"", " ; a = b"))
                .Append("\r\n").Append(body, at, size).Append("\r\n");
            at += size;
        }
        return text.Append("0\r\n").Append(Pick("", "", "X-Trailer: one\r\n", "A: b\r\nC:\r\n")).Append("\r\n").ToString();
    }

    private string Word() => Text(Letters, 8) + "w";

    private string Text(string characters, int most) => string.Create(random.Next(most + 1), (random, characters), static (text, from) =>
    {
        foreach (ref char c in text)
            c = from.characters[from.random.Next(from.characters.Length)];
    });

    private string Pick(params ReadOnlySpan<string> choices) => choices[random.Next(choices.Length)];
}
