using AsyncServer.Bench;

namespace AsyncServer.Unit.Bench;

public sealed class TargetTests
{
    private static readonly Workload Few = Made.Workload("few", "ours", "nginx");
    private static readonly Workload Many = Made.Workload("many", "ours");

    [Theory]
    [InlineData(0.61, true, "met")]
    [InlineData(0.60, true, "met")]
    [InlineData(0.50, false, "missed by 20 %")]
    public void Judge_RatioToAPeer_TakesTheMedianOfTheRoundsRatios(double limit, bool met, string word)
    {
        // The ratio of the medians would be 0.5.
        var result = Made.Result(Few, Quantity.Cpu, ("ours", [6, 4, 9]), ("nginx", [10, 10, 15]));

        var verdict = new Target("few", Quantity.Cpu, limit) { Peer = "nginx" }.Judge([result]);

        Assert.Equal(met, verdict.IsMet);
        Assert.Equal(word, verdict.Word);
        Assert.Equal("0.60 × (0.40 to 0.60)", verdict.Result);
    }

    [Theory]
    [InlineData(190, false)]
    [InlineData(200, true)]
    public void Judge_MoreIsBetter_WantsAtLeastTheLimit(double ours, bool met)
    {
        var target = new Target("few", Quantity.Rate, 2) { Peer = "nginx" };

        Assert.Equal("requests/s ≥ 2.00 × nginx", target.Text);
        Assert.Equal(met, target.Judge([Made.Result(Few, Quantity.Rate, ("ours", [ours]), ("nginx", [100]))]).IsMet);
    }

    [Fact]
    public void Judge_AnotherWorkload_ComparesOursWithOurs()
    {
        WorkloadResult[] results = [Made.Result(Few, Quantity.Cpu, ("ours", [5]), ("nginx", [1])),
            Made.Result(Many, Quantity.Cpu, ("ours", [6]))];

        var verdict = new Target("many", Quantity.Cpu, 1.3) { Against = "few" }.Judge(results);

        Assert.Equal((true, "1.20 × (1.20 to 1.20)"), (verdict.IsMet, verdict.Result));
    }

    [Fact]
    public void Judge_AnotherServerOfOurs_ComparesThatOne()
    {
        var target = new Target("few", Quantity.Cpu, 1.1) { Subject = "ours-1", Peer = "floor" };

        var verdict = target.Judge([Made.Result(Few, Quantity.Cpu, ("ours", [9]), ("ours-1", [5]), ("floor", [5]))]);

        Assert.Equal((true, "1.00 × (1.00 to 1.00)"), (verdict.IsMet, verdict.Result));
        Assert.StartsWith("ours-1: CPU", target.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_NumberOfItsOwn_IsInTheQuantitysUnit()
    {
        var verdict = new Target("many", Quantity.IdleMemory, 1024)
            .Judge([Made.Result(Many, Quantity.IdleMemory, ("ours", [600, 700, 2000]))]);

        Assert.Equal((true, "700.0 (600.0 to 2,000.0)"), (verdict.IsMet, verdict.Result));
        Assert.Equal("bytes/idle connection ≤ 1,024", verdict.Target.Text);
    }

    [Theory]
    [InlineData("few", "kestrel")]
    [InlineData("absent", "nginx")]
    public void Judge_WithoutItsNumbers_IsNotMeasured(string workload, string peer)
    {
        var result = Made.Result(Few, Quantity.Cpu, ("ours", [5]), ("nginx", [1]));

        Assert.Null(new Target(workload, Quantity.Cpu, 1) { Peer = peer }.Judge([result]).IsMet);
    }
}
