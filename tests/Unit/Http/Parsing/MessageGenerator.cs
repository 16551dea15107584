using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace AsyncServer.Unit.Http.Parsing;

/// <summary>Makes streams of valid requests, ways of cutting them, and changes to their bytes.</summary>
internal static class MessageGenerator
{
    // Bytes that mean something to the parser somewhere, and a few that never do.
    private static readonly byte[] Telling = Encoding.Latin1.GetBytes("\r\n \t:;,=\"\\/?#%*[]@0159afAFgxX.-+_\0\x7F\x80\xFF");

    private static Gen<string> Token { get; } = Text("abcXYZ019-_!~", 1, 8);

    private static Gen<string> Value { get; } = Text("abc XYZ,;=\"()/\t\x80\xFF", 0, 12).Select(static text => text.Trim(' ', '\t'));

    // Requests in a body must never be read as such.
    private static Gen<string> Content { get; } = Gen.OneOf(Text("ab\r\n:0;", 0, 30),
        Gen.Constant("GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"), Gen.Constant("0\r\n\r\n"));

    private static Gen<string> Target { get; } = Gen.OneOf(
        Text("ab1/.~", 0, 10).Select(static path => "/" + path),
        Token.Select(static name => $"/{name}?{name}=%41"),
        Gen.Constant("/a%2Fb%C3%A9"),
        Gen.Constant("http://a.example:80/x?y"));

    private static Gen<string> Chunks { get; } =
        from pieces in Text("abcdef", 1, 20).ListOf(2)
        from extension in Gen.Elements("", ";a", ";a=b", ";a=\"b;\\\"c\"", " ; a = b")
        from trailer in Gen.Elements("", "X-Trailer: one\r\n", "A: b\r\nC:\r\n")
        select string.Concat(
            pieces.Select(piece => $"{piece.Length.ToString("x", CultureInfo.InvariantCulture)}{extension}\r\n{piece}\r\n"))
                + $"0\r\n{trailer}\r\n";

    private static Gen<string> Framed { get; } = Gen.OneOf(
        Gen.Constant("\r\n"),
        Content.Select(static body => $"Content-Length: {body.Length}\r\n\r\n{body}"),
        Chunks.Select(static chunks => "Transfer-Encoding: chunked\r\n\r\n" + chunks));

    private static Gen<string> Message { get; } =
        from method in Gen.Elements("GET", "POST", "PUT", "X-OTHER")
        from target in Target
        from names in Token.ListOf(2)
        from value in Value
        from framed in Framed
        select $"{method} {target} HTTP/1.1\r\nHost: a\r\n{string.Concat(names.Select(name => $"X-{name}: {value}\r\n"))}{framed}";

    /// <summary>One to three valid requests, and the number of them.</summary>
    internal static Gen<(byte[] Bytes, int Requests)> Stream { get; } =
        from count in Gen.Choose(1, 3)
        from messages in Message.ListOf(count)
        select (Encoding.Latin1.GetBytes(string.Concat(messages)), count);

    /// <summary>A valid stream with up to four bytes replaced, left out, put in or doubled.</summary>
    internal static Gen<byte[]> Mutated { get; } =
        from stream in Stream
        from count in Gen.Choose(1, 4)
        from changes in Gen.ListOf(Change(stream.Bytes.Length), count)
        select changes.Aggregate(stream.Bytes, static (bytes, change) => change(bytes));

    /// <summary>Where the stream is cut, in thousandths of its length: up to six places.</summary>
    internal static Gen<int[]> Cuts { get; } =
        from count in Gen.Choose(0, 6)
        from cuts in Gen.ArrayOf(Gen.Choose(0, 1000), count)
        select cuts.Order().ToArray();

    private static Gen<Func<byte[], byte[]>> Change(int length) =>
        from kind in Gen.Choose(0, 3)
        from position in Gen.Choose(0, length - 1)
        from value in Gen.Elements(Telling)
        select (Func<byte[], byte[]>)(bytes => Apply(bytes, kind, Math.Min(position, bytes.Length - 1), value));

    private static byte[] Apply(byte[] bytes, int kind, int position, byte value) => kind switch
    {
        0 => [.. bytes[..position], value, .. bytes[(position + 1)..]],
        1 when bytes.Length > 1 => [.. bytes[..position], .. bytes[(position + 1)..]],
        2 => [.. bytes[..position], value, .. bytes[position..]],
        _ => [.. bytes[..position], .. bytes[Math.Max(0, position - 10)..]],
    };

    private static Gen<string> Text(string characters, int least, int most) =>
        from length in Gen.Choose(least, most)
        from text in Gen.ArrayOf(Gen.Elements(characters.ToCharArray()), length)
        select new string(text);
}
