using Measured = AsyncServer.Bench.Samples;

namespace AsyncServer.Unit.Bench;

public sealed class SamplesTests
{
    [Theory]
    [InlineData(new double[] { 7 }, 7)]
    [InlineData(new double[] { 3, 1, 2 }, 2)]
    [InlineData(new double[] { 4, 1, 3, 2 }, 2.5)]
    public void Median_AnyOrder_IsTheMiddle(double[] values, double median) => Assert.Equal(median, new Measured(values).Median);

    [Fact]
    public void Spread_FromLeastToMost_IsAPartOfTheMedian()
    {
        var samples = new Measured([9, 10, 12]);

        Assert.Equal((9, 12), (samples.Least, samples.Most));
        Assert.Equal(0.3, samples.Spread, precision: 9);
    }
}
