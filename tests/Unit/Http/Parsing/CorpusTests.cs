using System.Globalization;
using AsyncServer.Http;

namespace AsyncServer.Unit.Http.Parsing;

/// <summary>
/// Every file of the corpus, cut in every way: NAME.http holds what arrives on a connection, NAME.expected what must be
/// understood of it. Expected files may begin with a line of limits (line, headers, count, body).
/// </summary>
public sealed class CorpusTests
{
    private const int MutationSeed = 9112;
    private const int Mutations = 20;

    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Http", "Corpus");

    // Bytes that mean something to the parser somewhere.
    private static readonly byte[] Telling = "\r\n \t:;,=\"\\/?#%*[]@0159afAFgxX.-+_\0\x7F\x80\xFF".Select(c => (byte)c).ToArray();

    public static TheoryData<string> Files() =>
        [.. Directory.GetFiles(Folder, "*.http", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Parse_CutInEveryWay_GivesTheExpectedResult(string name)
    {
        byte[] stream = File.ReadAllBytes(Path.Combine(Folder, name));
        string expected = File.ReadAllText(Path.ChangeExtension(Path.Combine(Folder, name), ".expected"));
        (Func<Transcript> start, expected) = TakeLimits(expected);

        Assert.Equal(expected, Read(start(), stream, [stream.Length]));
        Assert.Equal(expected, Read(start(), stream, Enumerable.Range(0, stream.Length + 1)));
        for (int cut = 1; cut < stream.Length; cut++)
        {
            Assert.Equal(expected, Read(start(), stream, [cut, stream.Length]));
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Parse_BytesChangedAtRandom_GivesTheSameResultWholeAndByteByByte(string name)
    {
        byte[] original = File.ReadAllBytes(Path.Combine(Folder, name));
        (Func<Transcript> start, _) = TakeLimits(File.ReadAllText(Path.ChangeExtension(Path.Combine(Folder, name), ".expected")));
        var random = new Random(MutationSeed);
        for (int round = 0; round < Mutations && original.Length > 0; round++)
        {
            byte[] stream = [.. original];
            for (int change = random.Next(3); change >= 0; change--)
            {
                byte replacement = Telling[random.Next(Telling.Length)];
                stream[random.Next(stream.Length)] = replacement;
            }

            string whole = Read(start(), stream, [stream.Length]);
            Assert.Equal(whole, Read(start(), stream, Enumerable.Range(0, stream.Length + 1)));
        }
    }

    [Fact]
    public void Files_OfTheCorpus_ShowEveryRejection()
    {
        IEnumerable<string> shown = Directory.GetFiles(Path.Combine(Folder, "invalid"), "*.expected")
            .Select(file => File.ReadLines(file).Last().Split(' ')[^1]);

        Assert.Empty(RejectionNames.All.Except(shown));
    }

    private static string Read(Transcript transcript, byte[] stream, IEnumerable<int> lengths)
    {
        foreach (int length in lengths)
        {
            transcript.Feed(stream, length);
        }

        return string.Join('\n', transcript.Finish().Split('\n').Select(line => line.TrimEnd(' ')));
    }

    private static (Func<Transcript> Start, string Expected) TakeLimits(string expected)
    {
        ParserLimits limits = ParserLimits.Default;
        long maxBodySize = long.MaxValue;
        string text = expected.TrimEnd('\n');
        if (text.StartsWith("limits: ", StringComparison.Ordinal))
        {
            int end = text.IndexOf('\n', StringComparison.Ordinal);
            foreach (string limit in text["limits: ".Length..end].Split(' '))
            {
                string[] parts = limit.Split('=');
                long value = long.Parse(parts[1], CultureInfo.InvariantCulture);
                switch (parts[0])
                {
                    case "line": limits = limits with { MaxRequestLineSize = (int)value }; break;
                    case "headers": limits = limits with { MaxRequestHeadersTotalSize = (int)value }; break;
                    case "count": limits = limits with { MaxRequestHeaderCount = (int)value }; break;
                    case "body": maxBodySize = value; break;
                    default: throw new FormatException($"unknown limit {parts[0]}");
                }
            }

            text = text[end..].TrimStart('\n');
        }

        return (() => new Transcript(limits, maxBodySize), text);
    }
}
