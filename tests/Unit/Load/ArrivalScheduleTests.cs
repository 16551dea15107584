using AsyncServer.Load;

namespace AsyncServer.Unit.Load;

public sealed class ArrivalScheduleTests
{
    [Fact]
    public void DueTime_EvenRate_HasEvenDistances()
    {
        var schedule = new ArrivalSchedule(100, 100, TimeSpan.FromSeconds(2));

        Assert.Equal(200, schedule.Count);
        Assert.Equal([0, 10, 20], Enumerable.Range(0, 3).Select(index => schedule.DueTime(index).TotalMilliseconds));
        Assert.Equal(1990, schedule.DueTime(199).TotalMilliseconds, 1e-3);
    }

    [Fact]
    public void DueTime_RateBelowOne_WaitsForSeconds() =>
        Assert.Equal(TimeSpan.FromSeconds(4), new ArrivalSchedule(0.25, 0.25, TimeSpan.FromSeconds(60)).DueTime(1));

    [Fact]
    public void DueTime_RampFromNothing_HasAQuarterInTheFirstHalf()
    {
        var schedule = new ArrivalSchedule(0, 100, TimeSpan.FromSeconds(10));

        Assert.Equal(500, schedule.Count);
        Assert.Equal(5, schedule.DueTime(125).TotalSeconds, 1e-6);
        Assert.Equal(10, schedule.DueTime(500).TotalSeconds, 1e-6);
    }

    [Fact]
    public void DueTime_RampDownToNothing_HasThreeQuartersInTheFirstHalf() =>
        Assert.Equal(5, new ArrivalSchedule(100, 0, TimeSpan.FromSeconds(10)).DueTime(375).TotalSeconds, 1e-6);

    [Theory]
    [InlineData(0, 1000)]
    [InlineData(1000, 0)]
    [InlineData(200, 800)]
    [InlineData(500, 500)]
    public void DueTime_AnyRamp_RisesAndStaysWithin(double from, double to)
    {
        var schedule = new ArrivalSchedule(from, to, TimeSpan.FromSeconds(3));

        var due = Enumerable.Range(0, (int)schedule.Count).Select(index => schedule.DueTime(index)).ToArray();

        Assert.Equal(due.Order(), due);
        Assert.InRange(due[^1], due[0], TimeSpan.FromSeconds(3));
    }
}
