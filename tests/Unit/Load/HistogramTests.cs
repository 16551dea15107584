using AsyncServer.Load;

namespace AsyncServer.Unit.Load;

public sealed class HistogramTests
{
    [Fact]
    public void Percentile_AnyDuration_IsNeverBelowAndAtMostTheErrorAbove()
    {
        // A median that lies between its bucket's ends: the larger second value keeps the maximum out of it.
        for (double microseconds = 1; microseconds < 1e10; microseconds *= 1.013)
        {
            var histogram = new Histogram();
            var duration = TimeSpan.FromMicroseconds(Math.Floor(microseconds));
            histogram.Record(duration);
            histogram.Record(duration * 3);

            var median = histogram.Percentile(50);

            Assert.InRange(median, duration, duration * (1 + Histogram.RelativeError));
        }
    }

    [Fact]
    public void Percentile_ShortDurations_AreExact()
    {
        var histogram = new Histogram();
        for (int microseconds = 1; microseconds <= 200; microseconds++)
            histogram.Record(TimeSpan.FromMicroseconds(microseconds));

        Assert.Equal(TimeSpan.FromMicroseconds(1), histogram.Percentile(0.1));
        Assert.Equal(TimeSpan.FromMicroseconds(100), histogram.Percentile(50));
        Assert.Equal(TimeSpan.FromMicroseconds(198), histogram.Percentile(99));
        Assert.Equal(TimeSpan.FromMicroseconds(200), histogram.Percentile(100));
        Assert.Equal(TimeSpan.FromMicroseconds(100.5), histogram.Mean);
    }

    [Fact]
    public void Percentile_OfAll_IsTheExactMaximum()
    {
        var histogram = new Histogram();
        histogram.Record(TimeSpan.FromMicroseconds(1_234_567));

        Assert.Equal(TimeSpan.FromMicroseconds(1_234_567), histogram.Percentile(100));
        Assert.Equal(TimeSpan.FromMicroseconds(1_234_567), histogram.Max);
    }

    [Fact]
    public void Merge_TwoHalves_EqualsTheWhole()
    {
        Histogram first = new(), second = new(), whole = new();
        var random = new Random(1);
        for (int index = 0; index < 10_000; index++)
        {
            var duration = TimeSpan.FromMicroseconds(Math.Exp(random.NextDouble() * 15));
            (index % 3 == 0 ? first : second).Record(duration);
            whole.Record(duration);
        }

        first.Merge(second);

        Assert.Equal(whole.Count, first.Count);
        Assert.Equal(whole.Max, first.Max);
        Assert.Equal(whole.Mean.TotalMicroseconds, first.Mean.TotalMicroseconds, 0.5);
        Assert.All(Enumerable.Range(1, 100), percent => Assert.Equal(whole.Percentile(percent), first.Percentile(percent)));
    }

    [Fact]
    public void Clear_AfterRecords_LeavesNothing()
    {
        var histogram = new Histogram();
        histogram.Record(TimeSpan.FromSeconds(1));

        histogram.Clear();

        Assert.Equal((0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero),
            (histogram.Count, histogram.Max, histogram.Mean, histogram.Percentile(99)));
    }

    [Fact]
    public void Record_OutOfRange_CountsAsTheEndsOfTheRange()
    {
        var histogram = new Histogram();
        histogram.Record(TimeSpan.FromSeconds(-1));
        histogram.Record(TimeSpan.FromDays(30));

        Assert.Equal(TimeSpan.Zero, histogram.Percentile(50));
        Assert.InRange(histogram.Percentile(100), TimeSpan.FromHours(19), TimeSpan.FromHours(20));
    }

    [Fact]
    public void Recorder_AnswersInDifferentSeconds_HasACourseAndTheWhole()
    {
        var recorder = new LatencyRecorder();
        recorder.Record(TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(0.5));
        recorder.Record(TimeSpan.FromMilliseconds(9), TimeSpan.FromSeconds(0.9));
        recorder.Record(TimeSpan.FromMilliseconds(4), TimeSpan.FromSeconds(3.1));

        var (total, seconds) = recorder.Summarize();

        Assert.Equal(TimeSpan.FromMilliseconds(9), total.Max);
        Assert.Equal([(0, 2), (3, 1)], seconds.Select(second => (second.Second, (int)second.Answers)));
        Assert.Equal(TimeSpan.FromMilliseconds(4), seconds[1].P99);
    }
}
