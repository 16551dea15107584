using AsyncServer.Http;
using AsyncServer.Unit.Support;
using FsCheck;
using FsCheck.Fluent;

namespace AsyncServer.Unit.Http.Parsing;

/// <summary>What holds for every message, by messages that are made up: the seed is fixed, so that every run tries the same ones.</summary>
public sealed class ParserPropertyTests
{
    private const ulong Seed = 9112;
    private const ulong Gamma = 9110 | 1; // odd, as the generator of FsCheck wants it

    private static Config Bounded(int tests) =>
        Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(tests).WithReplay(Seed, Gamma);

    [Fact]
    public void ValidMessages_CutAnywhere_AreAllUnderstoodInTheSameWay() =>
        Prop.ForAll(MessageGenerator.Stream.Zip(MessageGenerator.Cuts).ToArbitrary(), static drawn =>
        {
            var ((bytes, requests), cuts) = drawn;
            string whole = Read(bytes, [bytes.Length]);
            string[] blocks = whole.Split("\n\n");
            return blocks.Length == requests
                && Array.TrueForAll(blocks, static block => block.StartsWith("method: ", StringComparison.Ordinal)
                    && !block.Contains("target: /smuggled", StringComparison.Ordinal))
                && Read(bytes, Lengths(bytes, cuts)) == whole;
        }).Check(Bounded(1500));

    [Fact]
    public void MutatedMessages_CutAnywhere_GiveTheSameAnswerAndAtMostOneRefusal() =>
        Prop.ForAll(MessageGenerator.Mutated.Zip(MessageGenerator.Cuts).ToArbitrary(), static drawn =>
        {
            var (bytes, cuts) = drawn;
            string whole = Read(bytes, [bytes.Length]); // an exception fails the property
            string[] blocks = whole.Split("\n\n");
            int refusals = blocks.Count(static block => block.StartsWith("rejected: ", StringComparison.Ordinal));
            bool endsThere = refusals == 0 || blocks[^1].StartsWith("rejected: ", StringComparison.Ordinal);
            return refusals <= 1 && endsThere && Read(bytes, Lengths(bytes, cuts)) == whole;
        }).Check(Bounded(3000));

    // Over the wire: heads, bodies and answers together. A client that believes our framing must find whole answers, one for each request
    // that the parser saw, and nothing behind a refusal.
    [Fact]
    public async Task MutatedMessages_OverTheWire_GetOneAnswerEachAndNoneAfterARefusal()
    {
        await using var server = new WireServer(routes => routes.MapFallback((_, _) => Response.Text("ok")));
        foreach (byte[] bytes in MessageGenerator.Mutated.Sample(200, new Rnd(Seed, Gamma), 50))
        {
            string[] blocks = Read(bytes, [bytes.Length]).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            var peer = server.Connect();
            peer.Send(bytes);
            peer.ShutdownSend();
            string text = System.Text.Encoding.Latin1.GetString(await peer.ReceiveToEndAsync(server.Cancellation));
            var answers = WireResponse.ReadAll(text, [.. blocks.Select(Method)]).Where(static answer => answer.Status >= 200).ToList();
            Assert.InRange(answers.Count, 0, blocks.Length);
            Assert.All(answers.SkipLast(1), static answer => Assert.NotEqual("close", answer["Connection"]));
            int whole = blocks.Count(static block => block.StartsWith("method: ", StringComparison.Ordinal)
                && !block.EndsWith("\nincomplete", StringComparison.Ordinal));
            Assert.InRange(answers.Count, Math.Min(whole, 1), blocks.Length);
        }
    }

    private static string Method(string block) =>
        block.StartsWith("method: ", StringComparison.Ordinal) ? block["method: ".Length..block.IndexOf('\n', StringComparison.Ordinal)]
        : "";

    private static IEnumerable<int> Lengths(byte[] bytes, int[] cuts) => [.. cuts.Select(cut => cut * bytes.Length / 1000), bytes.Length];

    private static string Read(byte[] stream, IEnumerable<int> lengths)
    {
        var transcript = new Transcript(ParserLimits.Default, long.MaxValue);
        foreach (int length in lengths)
            transcript.Feed(stream, length);
        return transcript.Finish();
    }
}
