using System.Runtime.InteropServices;

namespace AsyncServer.Load;

/// <summary>What came of one phase's requests: how many of each outcome, and how long each served one took.</summary>
internal sealed class PhaseTally
{
    private readonly long[] _counts = new long[Outcomes.All.Count];
    private readonly List<int> _microseconds = [];

    /// <summary>Requests of which the outcome is known.</summary>
    public long Settled => _counts.Sum();

    public long Served => this[Outcome.Served];

    public long Failed => Settled - Served;

    /// <summary>How long the served ones took, in no order.</summary>
    public ReadOnlySpan<int> Microseconds => CollectionsMarshal.AsSpan(_microseconds);

    public long this[Outcome outcome] => _counts[(int)outcome];

    public void Add(Outcome outcome, TimeSpan elapsed)
    {
        _counts[(int)outcome]++;
        if (outcome == Outcome.Served)
            _microseconds.Add((int)Math.Min(elapsed.TotalMicroseconds, int.MaxValue));
    }

    public void Merge(PhaseTally other)
    {
        foreach (var outcome in Outcomes.All)
            _counts[(int)outcome] += other[outcome];
        _microseconds.AddRange(other.Microseconds);
    }

    /// <summary>What a client process tells of it.</summary>
    /// <param name="isFinal">The phase is over: with the times of all served ones.</param>
    public ClientNews ToNews(bool isFinal) => new()
    {
        IsFinal = isFinal,
        Counts = [.. _counts],
        Microseconds = isFinal ? MemoryMarshal.AsBytes(Microseconds).ToArray() : null,
    };

    public static PhaseTally From(ClientNews news)
    {
        var tally = new PhaseTally();
        news.Counts.CopyTo(tally._counts, 0);
        if (news.Microseconds is { } bytes)
            tally._microseconds.AddRange(MemoryMarshal.Cast<byte, int>(bytes));
        return tally;
    }
}
