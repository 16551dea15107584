namespace AsyncServer.Fuzz;

/// <summary>Makes the case of a seed and a number: always the same one.</summary>
internal sealed class CaseMaker(int seed, IReadOnlyList<byte[]> corpus)
{
    // A case that waits for a deadline takes seconds; so few are enough, since a run makes many thousands.
    private const int OneWaitsIn = 1500;
    private const int MaxBytes = 100_000;
    private const int MaxPieces = 300;

    internal FuzzCase Make(int number)
    {
        var random = new Random(HashSeed(number));
        byte[] bytes = Content(random);
        bytes = bytes.Length == 0 ? [(byte)'\r'] : bytes.Length > MaxBytes ? bytes[..MaxBytes] : bytes;
        return new FuzzCase([.. Cut(random, bytes)], End(random));
    }

    // HashCode differs from process to process.
    private int HashSeed(int number) => unchecked((seed * 397) ^ (number * 1_000_003));

    private byte[] Content(Random random)
    {
        var messages = new MessageMaker(random);
        var mutator = new Mutator(random, corpus);
        byte[] Known() => corpus[random.Next(corpus.Count)];
        byte[] Valid() => [.. Enumerable.Range(0, random.Next(1, 5)).SelectMany(_ => messages.Make())];
        return random.Next(20) switch
        {
            < 4 => Valid(),
            < 13 => mutator.Mutate(Valid()),
            < 15 => Known(),
            < 16 => [.. messages.Make(), .. Known()],
            < 17 => [.. Known(), .. Known()],
            _ => mutator.Mutate(Known()),
        };
    }

    private static FuzzEnd End(Random random) => random.Next(OneWaitsIn) == 0 ? FuzzEnd.Wait : random.Next(20) switch
    {
        0 => FuzzEnd.Reset,
        < 9 => FuzzEnd.AskAgain,
        _ => FuzzEnd.HalfClose,
    };

    private static IEnumerable<FuzzPiece> Cut(Random random, byte[] bytes)
    {
        int size = random.Next(6) switch
        {
            0 or 1 => bytes.Length,
            2 => Math.Max(1, bytes.Length / MaxPieces),
            3 => Math.Max(random.Next(1, 40), bytes.Length / MaxPieces),
            _ => 0, // anywhere
        };
        int pieces = random.Next(2, 7);
        bool pauses = random.Next(4) == 0;
        for (int at = 0; at < bytes.Length;)
        {
            int length = size > 0 ? size : pieces-- > 1 ? random.Next(1, bytes.Length) : bytes.Length;
            length = Math.Min(length, bytes.Length - at);
            yield return new FuzzPiece(bytes[at..(at + length)], pauses && random.Next(3) == 0 ? random.Next(1, 5) : 0);
            at += length;
        }
    }
}
