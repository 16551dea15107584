using System.Text;

namespace AsyncServer.Fuzz;

/// <summary>Damages messages: bytes, ranges, and words that mean something to a parser somewhere.</summary>
internal sealed class Mutator(Random random, IReadOnlyList<byte[]> corpus)
{
    private static readonly byte[] Telling = Encoding.Latin1.GetBytes("\r\n \t:;,=\"\\/?#%*[]@0159afAFgxX.-+_\0\x7F\x80\xFF");

    private static readonly byte[][] Words =
    [
        "Transfer-Encoding: chunked\r\n"u8.ToArray(), "Transfer-Encoding: gzip, chunked\r\n"u8.ToArray(),
            "Content-Length: 5\r\n"u8.ToArray(), "Content-Length: 0\r\n"u8.ToArray(),
        "Content-Length: 30000001\r\n"u8.ToArray(), "Expect: 100-continue\r\n"u8.ToArray(), "Connection: close\r\n"u8.ToArray(),
            "Connection: keep-alive\r\n"u8.ToArray(), "Host: b\r\n"u8.ToArray(),
        "\r\n"u8.ToArray(), "\r\n\r\n"u8.ToArray(), "\n"u8.ToArray(), "0\r\n\r\n"u8.ToArray(), "5\r\nhello\r\n"u8.ToArray(),
            "FFFFFFFFFFFFFFFF\r\n"u8.ToArray(), "1C9C381\r\n"u8.ToArray(),
        " HTTP/1.0\r\n"u8.ToArray(), " HTTP/2.0\r\n"u8.ToArray(), " HTTP/1.1\r\n"u8.ToArray(), "HEAD "u8.ToArray(), "CONNECT "u8.ToArray(),
            "OPTIONS * "u8.ToArray(), "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(),
        "%00"u8.ToArray(), "%2e%2e/"u8.ToArray(), "%C0%AE"u8.ToArray(), "X: y\r\n z\r\n"u8.ToArray(), "-1"u8.ToArray(), "+5"u8.ToArray(),
            "0x"u8.ToArray(), "9223372036854775808"u8.ToArray(), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(),
    ];

    internal byte[] Mutate(byte[] original)
    {
        byte[] bytes = original;
        for (int i = 1 + (int)(random.NextDouble() * random.NextDouble() * 8); i > 0; i--)
            bytes = MutateOnce(bytes);
        return bytes;
    }

    private byte[] MutateOnce(byte[] bytes)
    {
        if (bytes.Length == 0)
            return Pick(Words);
        int at = random.Next(bytes.Length);
        int length = 1 + random.Next(Math.Min(bytes.Length - at, random.Next(4) == 0 ? 2000 : 20));
        byte[] word = Pick(Words);
        return random.Next(10) switch
        {
            0 => [.. bytes[..at], (byte)(bytes[at] ^ (1 << random.Next(8))), .. bytes[(at + 1)..]],
            1 or 2 => [.. bytes[..at], Telling[random.Next(Telling.Length)], .. bytes[(at + 1)..]],
            3 => [.. bytes[..at], Telling[random.Next(Telling.Length)], .. bytes[at..]],
            4 => [.. bytes[..at], .. bytes[(at + length)..]],
            5 => [.. bytes[..(at + length)], .. bytes[at..]],
            6 => bytes[..at],
            7 => [.. bytes[..at], .. word, .. bytes[at..]],
            8 => [.. bytes[..at], .. word, .. bytes[Math.Min(bytes.Length, at + word.Length)..]],
            _ => Splice(bytes, at),
        };
    }

    // The beginning of one message and the end of another one.
    private byte[] Splice(byte[] bytes, int at)
    {
        byte[] other = corpus[random.Next(corpus.Count)];
        return [.. bytes[..at], .. other[random.Next(other.Length + 1)..]];
    }

    private byte[] Pick(byte[][] choices) => choices[random.Next(choices.Length)];
}
