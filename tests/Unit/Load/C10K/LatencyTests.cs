using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

public sealed class LatencyTests
{
    [Fact]
    public void Of_Nothing_IsNone() => Assert.Equal(Latency.None, Latency.Of([]));

    [Fact]
    public void Of_One_IsThatOne() =>
        Assert.Equal(new Latency(1, Microseconds(7), Microseconds(7), Microseconds(7)), Latency.Of([7]));

    [Fact]
    public void Of_OneToThousandInAnyOrder_HasTheNearestRanks()
    {
        int[] values = [.. Enumerable.Range(1, 1000)];
        new Random(1).Shuffle(values);
        Assert.Equal(new Latency(1000, Microseconds(500), Microseconds(990), Microseconds(1000)), Latency.Of(values));
    }

    [Fact]
    public void Of_Values_LeavesThemInTheirOrder()
    {
        int[] values = [3, 1, 2];
        Latency.Of(values);
        Assert.Equal([3, 1, 2], values);
    }

    private static TimeSpan Microseconds(int value) => TimeSpan.FromMicroseconds(value);
}
