using AsyncServer.Runtime;
using AsyncServer.Unit.Support;
using ChildProcess = AsyncServer.Runtime.ChildProcess;

namespace AsyncServer.Unit.Runtime.Processes;

[Collection(Descriptors.Name)]
public sealed class ChildProcessDescriptorTests
{
    [Fact]
    public async Task Start_ManyTimes_LeavesNoDescriptor()
    {
        var before = Descriptors.Take();
        await using (var host = new TestHub())
        {
            await host.RunAsync(async () =>
            {
                for (int i = 0; i < 20; i++)
                    await ChildProcess.Start(new ChildProcessOptions { FileName = "true" }).WaitForExitAsync();
                Assert.Throws<System.ComponentModel.Win32Exception>(
                    () => ChildProcess.Start(new ChildProcessOptions { FileName = "/no/such/program" }));
            });
        }
        await before.AssertNoneLeakedAsync();
    }
}
