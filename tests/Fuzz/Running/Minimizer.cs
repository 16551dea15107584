using System.Diagnostics;

namespace AsyncServer.Fuzz;

/// <summary>Makes a case that fails smaller, as long as it fails.</summary>
internal sealed class Minimizer(Func<FuzzCase, Task<string?>> tryCase)
{
    private const int MostTries = 400;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(90);

    private readonly long _begun = Stopwatch.GetTimestamp();
    private int _tries;

    internal async Task<FuzzCase> MinimizeAsync(FuzzCase fuzzCase)
    {
        var whole = new FuzzCase([new FuzzPiece(fuzzCase.Bytes, 0)], fuzzCase.End);
        if (await FailsAsync(whole))
            return await ShortenAsync(whole);
        return await DropPiecesAsync(fuzzCase);
    }

    private async Task<FuzzCase> ShortenAsync(FuzzCase fuzzCase)
    {
        byte[] bytes = fuzzCase.Bytes;
        for (int size = Math.Max(1, bytes.Length / 2); size > 0; size /= 2)
        {
            for (int at = 0; at < bytes.Length && bytes.Length > size;)
            {
                byte[] shorter = [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + size)..]];
                if (await FailsAsync(new FuzzCase([new FuzzPiece(shorter, 0)], fuzzCase.End)))
                    bytes = shorter;
                else
                    at += size;
            }
        }
        return new FuzzCase([new FuzzPiece(bytes, 0)], fuzzCase.End);
    }

    private async Task<FuzzCase> DropPiecesAsync(FuzzCase fuzzCase)
    {
        var pieces = fuzzCase.Pieces.ToList();
        for (int i = pieces.Count - 1; i >= 0 && pieces.Count > 1; i--)
        {
            var dropped = pieces[i];
            pieces.RemoveAt(i);
            if (!await FailsAsync(fuzzCase with { Pieces = [.. pieces] }))
                pieces.Insert(i, dropped);
        }
        return fuzzCase with { Pieces = pieces };
    }

    private async Task<bool> FailsAsync(FuzzCase fuzzCase) =>
        ++_tries <= MostTries && Stopwatch.GetElapsedTime(_begun) < Longest && await tryCase(fuzzCase) is not null;
}
