using AsyncServer.Load;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Load.C10K;

public sealed class ProgressTests
{
    [Theory]
    [InlineData(0, 10, "..........")]
    [InlineData(5, 10, "#####.....")]
    [InlineData(12, 10, "##########")]
    [InlineData(0, 0, "##########")]
    public void Bar_OfAShare_IsFilledSoFar(long done, long whole, string expected) => Assert.Equal(expected, Progress.Bar(done, whole, 10));

    [Fact]
    public void Show_WithoutATerminal_WritesALineNowAndThen()
    {
        var clock = new FakeClock();
        var output = new StringWriter();
        var progress = new Progress(output, isTerminal: false, clock);
        progress.Begin("opening", 1000);
        for (int second = 1; second <= 12; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            progress.Show(second * 10, 1);
        }
        progress.End();
        string[] lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.Contains("50 of 1,000, 1 failed, 5.0 s", lines[0]);
        Assert.Contains("120 of 1,000, 1 failed, 12.0 s", lines[2]);
        Assert.DoesNotContain('\r', output.ToString());
    }

    [Fact]
    public void Show_OnATerminal_MovesABar()
    {
        var output = new StringWriter();
        var progress = new Progress(output, isTerminal: true, new FakeClock());
        progress.Begin("opening", 2);
        progress.Show(1, 0);
        Assert.StartsWith("\r  opening", output.ToString());
        Assert.Contains("[###############...............]", output.ToString());
    }
}
