namespace AsyncServer.Unit.Bench;

public sealed class MachineCpuClockTests
{
    [Fact]
    public void Parse_ALineOfTheSystems_AddsWhatWasWorked()
    {
        // user nice system idle iowait irq softirq steal guest guest_nice, in hundredths of a second
        var worked = MachineCpuClock.Parse("cpu  1000 200 30 99999 88888 4 5 77777 66666 55555");

        Assert.Equal(TimeSpan.FromSeconds(12.39), worked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu 1 2 3")]
    [InlineData("cpu0 1 2 3 4 5 6 7 8")]
    public void Parse_SomethingElse_SaysWhatIsThere(string line) =>
        Assert.Contains(line, Assert.Throws<SetupException>(() => MachineCpuClock.Parse(line)).Message, StringComparison.Ordinal);
}
