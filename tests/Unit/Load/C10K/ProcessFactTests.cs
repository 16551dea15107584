using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

public sealed class ProcessFactTests
{
    [Fact]
    public void Parse_ANameWithBracketsAndBlanks_ReadsTheFieldsAfterIt() => Assert.Equal(
        new ProcessFact(Id: 42, Parent: 7, CpuTicks: 10 + 20 + 3 + 4, Threads: 5, StartTicks: 999),
        ProcessFact.Parse("42 (a b) c) S 7 42 42 0 -1 4194560 100 0 0 0 10 20 3 4 20 0 5 0 999 1000 200 18446744073709551615 1 1 0 0 0\n"));

    [Fact]
    public void Read_NoSuchProcess_IsNull() => Assert.Null(ProcessFact.Read(int.MaxValue));

    [Fact]
    public void Members_OfThisProcess_HasItself() =>
        Assert.Contains(ProcessTree.Members(Environment.ProcessId), fact => fact.Id == Environment.ProcessId);

    [Fact]
    public void Read_ThisProcess_HasMemoryThreadsAndTime()
    {
        var tree = ProcessTree.Read(Environment.ProcessId);
        Assert.InRange(tree.ResidentBytes, 1 << 20, long.MaxValue);
        Assert.InRange(tree.Threads, 1, int.MaxValue);
        Assert.InRange(tree.CpuTime, TimeSpan.FromTicks(1), TimeSpan.MaxValue);
    }
}
