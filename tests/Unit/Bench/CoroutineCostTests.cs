using AsyncServer.Bench;

namespace AsyncServer.Unit.Bench;

public sealed class CoroutineCostTests
{
    [Fact]
    public void Parse_WhatFormatWrote_IsTheSame()
    {
        var (ours, pool) = (new CoroutineCost(120.5, 119, 216), new CoroutineCost(317.25, 165, 144.001));

        Assert.Equal(("yield, 64 loops", ours, pool), CoroutineCost.Parse(CoroutineCost.Format("yield, 64 loops", ours, pool)));
    }

    [Theory]
    [InlineData("Unhandled exception.")]
    [InlineData("cost\tyield\t1\t2\t3\t4\t5")]
    [InlineData("cost\tyield\t1\t2\t3\t4\t5\tsix")]
    public void Parse_SomethingElse_SaysWhatWasPrinted(string line)
    {
        Assert.Throws<SetupException>(() => CoroutineCost.Parse(line));
    }

    [Fact]
    public void Select_Beginning_TakesThoseCases()
    {
        Assert.Equal(["yield", "yield, 64 loops"], CoroutineCase.Select("yield").Select(static one => one.Title));
        Assert.Equal(CoroutineCase.All, CoroutineCase.Select(null));
        Assert.Throws<SetupException>(() => CoroutineCase.Select("sleep"));
    }
}
