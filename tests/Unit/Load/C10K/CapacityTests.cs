using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

public sealed class CapacityTests
{
    private static readonly Capacity Ample = new()
    {
        Workers = 60,
        Clients = 80,
        DescriptorsPerProcess = 20_000,
        SystemDescriptors = 2_500_000,
        AvailableBytes = 22L << 30,
        TrackedConnections = null,
    };

    [Fact]
    public void Most_WithRoomForAll_IsOverAMillion() => Assert.InRange(Ample.Most.Connections, 1_000_000, long.MaxValue);

    [Fact]
    public void Most_WithConnectionTracking_IsItsTable() =>
        Assert.Equal((262_000, "262,000 free entries of the kernel's connection tracking"),
            (Ample with { TrackedConnections = 262_000 }).Most);

    [Fact]
    public void Most_WithFewClients_IsTheirDescriptors() =>
        Assert.Equal((39_000, "2 client processes with 20,000 descriptors each"), (Ample with { Clients = 2 }).Most);

    [Fact]
    public void Most_WithoutWorkers_IsTheOneServersDescriptors() =>
        Assert.Equal((19_500, "1 server processes with 20,000 descriptors each"), (Ample with { Workers = 0 }).Most);

    [Fact]
    public void Most_WithLittleMemory_IsWhatFitsBesideTheProcesses()
    {
        var (connections, limit) = (Ample with { AvailableBytes = 5L << 30 }).Most;
        Assert.Equal("5,120 MB of memory", limit);
        Assert.InRange(connections, 50_000, 150_000);
        Assert.Equal(0, (Ample with { AvailableBytes = 1L << 30 }).Most.Connections);
    }

    [Fact]
    public void Now_OnThisMachine_HasRoomForSome() => Assert.InRange(Capacity.Now(1, 1, isTracked: true).Most.Connections, 0, 1_048_576);
}
