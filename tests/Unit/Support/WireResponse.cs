using System.Globalization;

namespace AsyncServer.Unit.Support;

/// <summary>A response as it came over the wire, taken apart; the body's bytes are the text's Latin-1 characters.</summary>
internal sealed record WireResponse(int Status, IReadOnlyList<(string Name, string Value)> Headers, string Body)
{
    internal string? this[string name] =>
        Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).SingleOrDefault();

    internal static WireResponse Parse(string text)
    {
        int end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        Assert.True(end > 0, $"no response head in '{text}'");
        string[] lines = text[..end].Split("\r\n");
        Assert.StartsWith("HTTP/1.1 ", lines[0], StringComparison.Ordinal);
        var headers = lines.Skip(1).Select(line => (line[..line.IndexOf(':', StringComparison.Ordinal)], line[(line.IndexOf(':', StringComparison.Ordinal) + 2)..]));
        return new WireResponse(int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture), [.. headers], text[(end + 4)..]);
    }
}
