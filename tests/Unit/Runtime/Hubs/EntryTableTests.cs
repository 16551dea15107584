using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime.Hubs;

public sealed class EntryTableTests
{
    private readonly EntryTable _table = new(64);

    [Fact]
    public void Find_ReusedSlot_DropsTheOldToken()
    {
        int slot = _table.Add(new Entry());
        long old = _table.Token(slot);
        _table.Remove(slot);
        var second = new Entry();
        Assert.Equal(slot, _table.Add(second));
        Assert.Null(_table.Find(old));
        Assert.Same(second, _table.Find(_table.Token(slot)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0xFFFF_FFFF)]
    [InlineData(0x8000_0000)]
    public void Find_TokenOfNobody_IsNull(long token)
    {
        _table.Add(new Entry());
        Assert.Null(_table.Find(token));
    }

    [Fact]
    public void Token_ManyGenerations_StaysPositive()
    {
        for (int i = 0; i < 1000; i++)
        {
            int slot = _table.Add(new Entry());
            Assert.True(_table.Token(slot) >= 0);
            _table.Remove(slot);
        }
    }

    [Fact]
    public void Sweep_EntriesComeAndGoMeanwhile_TellsEveryPassedOnceAndNoOther()
    {
        var passed = new List<int>();
        var slots = new int[64];
        for (int i = 0; i < slots.Length; i++)
        {
            int index = i;
            slots[i] = _table.Add(new Entry
            {
                Deadline = () =>
                {
                    passed.Add(index);
                    _table.Remove(slots[index]);
                    if (index == 0)
                        _table.Remove(slots[10]); // one that has not had its turn
                    for (int added = 0; added < 4; added++)
                        _table.Deadline(_table.Add(new Entry { Deadline = () => passed.Add(-1) })) = 1000;
                },
            });
            _table.Deadline(slots[i]) = i % 2 == 0 ? 5 : 500;
        }
        SweepAll(5);
        Assert.Equal(Enumerable.Range(0, 64).Where(i => i % 2 == 0 && i != 10), passed);
        passed.Clear();
        SweepAll(5);
        Assert.Empty(passed);

        void SweepAll(long now)
        {
            for (int before = passed.Count; _table.SweepNext(now); before = passed.Count)
                Assert.Equal(before + 1, passed.Count); // one at a time, since each may take long
        }
    }

    [Fact]
    public void EarliestDeadline_RemovedEntry_NoLongerCounts()
    {
        int first = _table.Add(new Entry());
        _table.Deadline(first) = 10;
        _table.Deadline(_table.Add(new Entry())) = 20;
        Assert.Equal(10, _table.EarliestDeadline());
        _table.Remove(first);
        Assert.Equal(20, _table.EarliestDeadline());
        Assert.Equal(1, _table.Count);
    }

    private sealed class Entry : IHubEntry
    {
        internal Action? Deadline { get; init; }

        public void OnReady(PollEvents events) { }

        public void OnDeadline() => Deadline?.Invoke();

        public void OnDrain() { }

        public void OnHandOver() { }

        public void OnStop() { }
    }
}
