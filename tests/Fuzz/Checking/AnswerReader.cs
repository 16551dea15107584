using System.Globalization;
using System.Text;

namespace AsyncServer.Fuzz;

/// <summary>
/// Reads responses by RFC 9112 alone, with nothing of the server's code, and takes no liberty: what is not to the letter is a mistake.
/// </summary>
internal sealed class AnswerReader(string received, IReadOnlyList<string> methods, bool isOver)
{
    private const string TokenCharacters = "!#$%&'*+-.^_`|~";

    private int _at;

    /// <summary>Whether the last answer has begun and is not whole.</summary>
    internal bool IsCut { get; private set; }

    /// <summary>All whole answers.</summary>
    /// <exception cref="FormatException">What was received is not a sequence of responses.</exception>
    internal List<Answer> ReadAll()
    {
        var answers = new List<Answer>();
        while (_at < received.Length)
        {
            int start = _at;
            if (ReadOne(answers.Count < methods.Count ? methods[answers.Count] : "") is not { } answer)
            {
                _at = start;
                IsCut = true;
                return answers;
            }
            answers.Add(answer);
        }
        return answers;
    }

    private Answer? ReadOne(string method)
    {
        for (int interim = 0; ; interim++)
        {
            int end = received.IndexOf("\r\n\r\n", _at, StringComparison.Ordinal);
            if (end < 0)
                return null;
            string[] lines = received[_at..end].Split("\r\n");
            _at = end + 4;
            int status = ReadStatus(lines[0]);
            var headers = lines.Skip(1).Select(ReadHeader).ToList();
            if (status >= 200)
                return ReadBody(method, status, headers, interim);
            Check(headers.Count == 0 && status == 100, $"an interim response {status} with {headers.Count} headers");
        }
    }

    private static int ReadStatus(string line)
    {
        Check(line.StartsWith("HTTP/1.1 ", StringComparison.Ordinal) && line.Length > 13 && line[12] == ' ', $"a status line '{line}'");
        Check(int.TryParse(line.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            && status is >= 100 and < 600, $"a status line '{line}'");
        return status;
    }

    private static (string Name, string Value) ReadHeader(string line)
    {
        int colon = line.IndexOf(':', StringComparison.Ordinal);
        Check(colon > 0 && line[..colon].All(static c => char.IsAsciiLetterOrDigit(c)
            || TokenCharacters.Contains(c, StringComparison.Ordinal)), $"a header line '{line}'");
        Check(!line.Any(static c => c is < ' ' and not '\t' or '\x7F'), $"a header line '{line}'");
        return (line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
    }

    private Answer? ReadBody(string method, int status, List<(string Name, string Value)> headers, int interim)
    {
        string? Single(string name)
        {
            var found = headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList();
            Check(found.Count <= 1, $"{found.Count} headers {name}");
            return found.Count == 0 ? null : found[0].Value;
        }
        string? length = Single("Content-Length");
        string? coding = Single("Transfer-Encoding");
        Check(length is null || coding is null, "a response with both framings");
        Check(Single("Date") is not null, "a response without Date");
        bool ends = Single("Connection")?.Equals("close", StringComparison.OrdinalIgnoreCase) == true;
        string? body = "";
        if (method == "HEAD" || status is 204 or 304)
            Check(status != 204 || (length ?? coding) is null, "a 204 with a framing");
        else if (coding is not null)
            body = ReadChunks(coding);
        else if (length is not null)
            body = Take(ReadNumber(length, NumberStyles.None));
        else
        {
            ends = true;
            body = isOver ? Take(received.Length - _at) : null;
        }
        return body is null ? null : new Answer(status, headers, body, interim, ends);
    }

    private string? ReadChunks(string coding)
    {
        Check(coding == "chunked", $"a transfer coding '{coding}'");
        var body = new StringBuilder();
        while (true)
        {
            int end = received.IndexOf("\r\n", _at, StringComparison.Ordinal);
            if (end < 0)
                return null;
            int size = ReadNumber(received[_at..end], NumberStyles.AllowHexSpecifier);
            _at = end + 2;
            if (Take(size) is not { } data || Take(2) is not { } after)
                return null;
            Check(after == "\r\n", "a chunk that is longer than its size, or trailers that nobody announced");
            if (size == 0)
                return body.ToString();
            body.Append(data);
        }
    }

    private static int ReadNumber(string text, NumberStyles style)
    {
        Check(int.TryParse(text, style, CultureInfo.InvariantCulture, out int number) && number >= 0, $"a length '{text}'");
        return number;
    }

    private string? Take(int count)
    {
        if (count > received.Length - _at)
            return null;
        _at += count;
        return received[(_at - count).._at];
    }

    private static void Check(bool isRight, string what)
    {
        if (!isRight)
            throw new FormatException(what);
    }
}
