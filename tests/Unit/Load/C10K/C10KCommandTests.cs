using System.CommandLine;
using AsyncServer.Load;

namespace AsyncServer.Unit.Load.C10K;

public sealed class C10KCommandTests
{
    [Fact]
    public void ParseModels_All_IsAllInOrder() => Assert.Equal(ServerModel.All, C10KCommand.ParseModels("all"));

    [Fact]
    public void ParseModels_Some_KeepsTheirOrder() =>
        Assert.Equal(["threads", "coroutine"], C10KCommand.ParseModels("threads,coroutine").Select(model => model.Name));

    [Theory]
    [InlineData("--models", "fibers", "\"fibers\" is no model; there are coroutine, ")]
    [InlineData("--models", "coroutine,", "\"\" is no model")]
    [InlineData("--connections", "100,ten", "\"ten\" is no number of connections")]
    [InlineData("--connections", "0", "\"0\" is no number of connections")]
    [InlineData("--level-seconds", "0", "--level-seconds must be at least 1")]
    [InlineData("--active", "-1", "--active must be at least 1")]
    [InlineData("--rate", "fast", "'fast'")]
    public void Parse_NotAValue_SaysWhatIsWrong(string option, string value, string expected) =>
        Assert.Contains(C10KCommand.Create().Parse([option, value]).Errors,
            error => error.Message.Contains(expected, StringComparison.Ordinal));

    [Fact]
    public void Parse_MillionWithoutClients_SaysWhatIsWrong() =>
        Assert.Contains(C1MCommand.Create().Parse(["--clients", "0"]).Errors, error => error.Message == "--clients must be at least 1");
}
