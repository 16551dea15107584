using System.Globalization;
using System.Text;

namespace AsyncServer.Unit.Support;

/// <summary>A response as a client reads it from the wire: its framing is believed, and must add up.</summary>
internal sealed record WireResponse(int Status, string Head, string Body)
{
    private const string HeadEnd = "\r\n\r\n";

    internal string? this[string name] => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 2)..])
        .SingleOrDefault();

    internal IEnumerable<(string Name, string Value)> Headers =>
        Head.Split("\r\n").Skip(1).Select(static line => line.Split(": ", 2)).Select(static pair => (pair[0], pair[1]));

    /// <summary>Reads one response whose body, whatever its framing, is all the rest.</summary>
    internal static WireResponse Parse(string text)
    {
        int end = text.IndexOf(HeadEnd, StringComparison.Ordinal);
        Assert.True(end > 0, $"no response head in '{text}'");
        return new WireResponse(int.Parse(text.AsSpan(9, 3), CultureInfo.InvariantCulture), text[..end], text[(end + HeadEnd.Length)..]);
    }

    /// <summary>Reads all responses of a conversation; one without a length takes the rest.</summary>
    /// <param name="text">Everything that the server sent.</param>
    /// <param name="methods">The requests' methods, where one is not GET.</param>
    internal static List<WireResponse> ReadAll(string text, params string[] methods)
    {
        var responses = new List<WireResponse>();
        var rest = text.AsMemory();
        while (!rest.IsEmpty)
        {
            int headLength = rest.Span.IndexOf(HeadEnd, StringComparison.Ordinal);
            Assert.True(headLength > 0, $"no whole head: {rest}");
            var response = new WireResponse(int.Parse(rest.Span.Slice(9, 3), CultureInfo.InvariantCulture), rest[..headLength].ToString(),
                "");
            rest = rest[(headLength + HeadEnd.Length)..];
            bool isHead = responses.Count < methods.Length && methods[responses.Count] == "HEAD";
            bool hasNoBody = isHead || response.Status is < 200 or 204 or 304;
            string body = hasNoBody ? "" : response.ReadBody(ref rest);
            responses.Add(response with { Body = body });
        }
        return responses;
    }

    private string ReadBody(ref ReadOnlyMemory<char> rest)
    {
        if (this["Transfer-Encoding"] == "chunked")
            return ReadChunks(ref rest);
        int length = this["Content-Length"] is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : rest.Length;
        Assert.True(rest.Length >= length, $"cut off: {Head}");
        string body = rest[..length].ToString();
        rest = rest[length..];
        return body;
    }

    private static string ReadChunks(ref ReadOnlyMemory<char> rest)
    {
        var body = new StringBuilder();
        while (true)
        {
            int lineEnd = rest.Span.IndexOf("\r\n", StringComparison.Ordinal);
            Assert.True(lineEnd > 0, "chunks are cut off");
            int size = int.Parse(rest.Span[..lineEnd], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            body.Append(rest.Slice(lineEnd + 2, size));
            Assert.Equal("\r\n", rest.Slice(lineEnd + 2 + size, 2).ToString());
            rest = rest[(lineEnd + 2 + size + 2)..];
            if (size == 0)
                return body.ToString();
        }
    }
}
