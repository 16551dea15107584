using System.Diagnostics;
using System.Globalization;
using AsyncServer.Load;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Load.C10K;

public sealed class GuardTests
{
    [Fact]
    public async Task Run_InputEnds_EndsTheProcessesThatItWasTold()
    {
        using var told = Process.Start("sleep", "600");
        using var other = Process.Start("sleep", "600");
        try
        {
            string line = told.Id.ToString(CultureInfo.InvariantCulture);
            await Guard.RunAsync(new StringReader($"{line}\n{int.MaxValue}\n")); // the second is nobody's
            await told.WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TestHub.Patience, TestContext.Current.CancellationToken);
            Assert.False(other.HasExited);
        }
        finally
        {
            told.Kill();
            other.Kill();
        }
    }

    [Fact]
    public void End_ALaterProcessOfTheSameNumber_LeavesItAlone()
    {
        using var process = Process.Start("sleep", "600");
        try
        {
            var fact = ProcessFact.Read(process.Id)!;
            Leftovers.End([fact with { StartTicks = fact.StartTicks - 1 }]);
            Assert.NotNull(ProcessFact.Read(process.Id));
            Assert.False(process.HasExited);
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public void TryFind_NetworkNamespace_IsThereOrSaysWhyNot() =>
        Assert.True(NetworkNamespace.TryFind(out string reason) is not null || reason.Length > 0);
}
