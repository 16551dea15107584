using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime.Hubs;

public sealed class WorkRingTests
{
    [Fact]
    public void Enqueue_GrowsWhileWrapped_KeepsTheOrder()
    {
        var ring = new WorkRing(64);
        int next = 0, expected = 0;
        for (int round = 0; round < 50; round++)
        {
            for (int i = 0; i < 17; i++)
                ring.Enqueue(new WorkItem(null, static (object? _) => { }, next++));
            for (int i = 0; i < 11; i++)
                Assert.Equal(expected++, ring.Dequeue().State);
        }
        while (ring.Count > 0)
            Assert.Equal(expected++, ring.Dequeue().State);
        Assert.Equal(next, expected);
    }
}
