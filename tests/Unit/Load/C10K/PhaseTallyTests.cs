using System.Text.Json;
using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

public sealed class PhaseTallyTests
{
    [Fact]
    public void Add_Outcomes_CountsThemAndTimesTheServed()
    {
        var tally = new PhaseTally();
        tally.Add(Outcome.Served, TimeSpan.FromMicroseconds(120));
        tally.Add(Outcome.Refused, TimeSpan.FromSeconds(1));
        tally.Add(Outcome.Served, TimeSpan.FromDays(365)); // more than the number holds
        Assert.Equal((3, 2, 1, 1), (tally.Settled, tally.Served, tally.Failed, tally[Outcome.Refused]));
        Assert.Equal([120, int.MaxValue], tally.Microseconds.ToArray());
    }

    [Fact]
    public void Merge_Two_HasBoth()
    {
        var one = Tally(Outcome.Served, 1);
        one.Merge(Tally(Outcome.Served, 2));
        one.Merge(Tally(Outcome.Reset, 3));
        Assert.Equal((3, 2, 1), (one.Settled, one.Served, one[Outcome.Reset]));
        Assert.Equal([1, 2], one.Microseconds.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ToNews_ThroughALine_ComesBack(bool isFinal)
    {
        var tally = Tally(Outcome.Served, 70_000);
        tally.Add(Outcome.Unanswered, TimeSpan.Zero);
        string line = JsonSerializer.Serialize(tally.ToNews(isFinal), ClientJson.Default.ClientNews);
        Assert.DoesNotContain('\n', line);
        var news = JsonSerializer.Deserialize(line, ClientJson.Default.ClientNews)!;
        var back = PhaseTally.From(news);
        Assert.Equal(isFinal, news.IsFinal);
        Assert.Equal((2, 1, 1), (back.Settled, back.Served, back[Outcome.Unanswered]));
        Assert.Equal(isFinal ? [70_000] : [], back.Microseconds.ToArray());
    }

    private static PhaseTally Tally(Outcome outcome, int microseconds)
    {
        var tally = new PhaseTally();
        tally.Add(outcome, TimeSpan.FromMicroseconds(microseconds));
        return tally;
    }
}
