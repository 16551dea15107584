using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

public sealed class ClientFleetTests
{
    [Theory]
    [InlineData(10, 3, new[] { 3, 3, 4 })]
    [InlineData(2, 4, new[] { 0, 1, 0, 1 })]
    [InlineData(0, 2, new[] { 0, 0 })]
    [InlineData(7, 1, new[] { 7 })]
    public void Shares_OfANumber_DifferByOneAtMost(int whole, int parts, int[] expected) =>
        Assert.Equal(expected, ClientFleet.Shares(whole, parts));

    [Fact]
    public void Shares_OfAMillion_AddUp() => Assert.Equal(1_000_000, ClientFleet.Shares(1_000_000, 80).Sum());

    [Theory]
    [InlineData(1, 100, 1)]
    [InlineData(1, 5000, 1)]
    [InlineData(1, 5001, 2)]
    [InlineData(80, 1_000_000, 3)]
    public void SourcesOf_Clients_IsOneForEachFiveThousandConnections(int clients, int connections, int expected) =>
        Assert.Equal(expected, ClientFleet.SourcesOf(clients, connections));

    [Fact]
    public void Source_OfEachNumber_IsAnAddressOfItsOwn()
    {
        Assert.Equal("127.0.1.1", ClientFleet.Source(0));
        Assert.Equal("127.0.2.1", ClientFleet.Source(250));
        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(ClientFleet.Source).Distinct().Count());
    }
}
