using System.Xml.Linq;
using AsyncServer.Load;

namespace AsyncServer.Unit.Load;

public sealed class LineChartTests
{
    [Fact]
    public void Linear_AnyValues_BeginsAtZeroAndEndsAtARoundNumber()
    {
        var axis = ChartAxis.Linear([3, 87, double.NaN]);

        Assert.Equal([0, 20, 40, 60, 80, 100], axis.Ticks);
        Assert.Equal((0, 0.5, 1), (axis.Position(0), axis.Position(50), axis.Position(100)));
    }

    [Fact]
    public void Linear_NothingAboveZero_HasAnAxisStill() =>
        Assert.Equal((0, 1), (ChartAxis.Linear([]).Ticks[0], ChartAxis.Linear([0]).Ticks[^1]));

    [Fact]
    public void Logarithmic_ManyDecades_HasEqualStepsForEqualFactors()
    {
        var axis = ChartAxis.Logarithmic([100, 1000, 10_000, 1_000_000]);

        Assert.Equal([100, 1000, 10_000, 100_000, 1_000_000], axis.Ticks.Select(tick => Math.Round(tick)));
        Assert.Equal(0.25, axis.Position(1000), 1e-9);
        Assert.Equal(0, axis.Position(0));
    }

    [Fact]
    public void Logarithmic_OneDecade_HasMarksWithin() =>
        Assert.Equal([10, 20, 50, 100], ChartAxis.Logarithmic([20, 90]).Ticks.Select(tick => Math.Round(tick)));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.05, "0.05")]
    [InlineData(20, "20")]
    [InlineData(5000, "5,000")]
    [InlineData(250_000, "250k")]
    [InlineData(1_000_000, "1M")]
    public void Text_OfATick_IsShort(double value, string text) => Assert.Equal(text, ChartAxis.Text(value));

    [Fact]
    public void ToHtml_GapsAndMarkup_IsWellFormedAndBroken()
    {
        var chart = new LineChart
        {
            Title = "a < b",
            XLabel = "connections",
            YLabel = "MB",
            LogX = true,
            Series = [new ChartSeries("one & only", [(100, 1), (1000, double.NaN), (10_000, 3)])],
        };

        var figure = XElement.Parse(chart.ToHtml());

        Assert.Equal("a < b", figure.Element("figcaption")!.Value);
        var line = figure.Descendants("path").First();
        Assert.Equal(2, line.Attribute("d")!.Value.Count(letter => letter == 'M')); // two beginnings: the line has a gap
        Assert.Equal(["one & only: 1 at 100", "one & only: 3 at 10,000"], figure.Descendants("title").Select(title => title.Value));
    }
}
