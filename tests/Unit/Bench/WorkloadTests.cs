using AsyncServer.Bench;

namespace AsyncServer.Unit.Bench;

public sealed class WorkloadTests
{
    [Theory]
    [InlineData(null, 15)]
    [InlineData("idle", 1)]
    [InlineData("static", 4)]
    [InlineData("plaintext-64, plaintext-4000", 2)]
    [InlineData("static,static-1k", 4)]
    public void Select_NamesAndFamilies_GivesEachOnce(string? names, int count) =>
        Assert.Equal(count, Workload.Select(Workloads.All, names).Count);

    [Fact]
    public void Select_UnknownName_NamesItAndThoseThatThereAre()
    {
        var failure = Assert.Throws<SetupException>(static () => Workload.Select(Workloads.All, "idle,plain"));

        Assert.StartsWith("there is no workload plain: they are plaintext-1,", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_EachServerAndTarget_IsKnown()
    {
        Assert.All(Workloads.All, static workload => Assert.Subset(PeerServers.Names.ToHashSet(), workload.Servers.ToHashSet()));
        Assert.All(Targets.All, static target =>
        {
            var workload = Assert.Single(Workloads.All, workload => workload.Name == target.Workload);
            Assert.True(target.Peer is null || workload.Servers.Contains(target.Peer));
            Assert.True(target.Against is null || Workloads.All.Any(other => other.Name == target.Against));
        });
    }

    [Fact]
    public void Estimate_AllWithAllServers_IsBounded()
    {
        Assert.InRange(PeersPlan.Full.Estimate(Workloads.All).TotalMinutes, 0, 35);
        Assert.InRange(PeersPlan.Quick.Estimate(Workloads.All).TotalMinutes, 0, 6);
    }

    [Fact]
    public void IsUsable_ErrorsOfOursOrAPeer_CountsOnlyOurs()
    {
        var workload = Made.Workload("plain", "ours", "nginx");
        var result = new WorkloadResult(workload);
        result.Add("ours", 0, new Reading(new Dictionary<Quantity, double>()));
        result.Add("nginx", 0, new Reading(new Dictionary<Quantity, double>(), Errors: 3));
        result.Fail("nginx", "ended");
        Assert.True(result.IsUsable);

        result.Add("ours", 1, new Reading(new Dictionary<Quantity, double>(), Errors: 1));
        Assert.False(result.IsUsable);
    }

    [Fact]
    public void Ratio_ServersThatMissedRounds_ComparesOnlyThoseThatBothHave()
    {
        var result = new WorkloadResult(Made.Workload("plain", "ours", "nginx"));
        foreach (var (server, round, cpu) in ((string, int, double)[])[("ours", 0, 5), ("ours", 2, 6), ("nginx", 1, 100), ("nginx", 2, 12)])
            result.Add(server, round, new Reading(new Dictionary<Quantity, double> { [Quantity.Cpu] = cpu }));

        Assert.Equal((1, 0.5), (result.Ratio(Quantity.Cpu, "nginx")!.Count, result.Ratio(Quantity.Cpu, "nginx")!.Median));
        Assert.Null(result.Ratio(Quantity.Cpu, "kestrel"));
    }
}
