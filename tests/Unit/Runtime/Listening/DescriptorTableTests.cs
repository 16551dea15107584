using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Listening;

[Collection(Descriptors.Name)]
public sealed class DescriptorTableTests
{
    // While it doubled, the hub that accepted stood still, once each at 256, 512, 1,024 ... connections.
    [Fact]
    public void Prepare_BeforeConnectionsCome_MakesTheTableLarge()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The table is Linux's.");
        var before = Descriptors.Take();
        DescriptorTable.Prepare();
        long size = File.ReadLines("/proc/self/status").Where(static line => line.StartsWith("FDSize:", StringComparison.Ordinal))
            .Select(static line => long.Parse(line["FDSize:".Length..].Trim(), System.Globalization.CultureInfo.InvariantCulture)).Single();
        Assert.InRange(size, Math.Min(DescriptorTable.Size, SocketDescriptor.Limit()!.Value), long.MaxValue);
        Assert.Equal(before.Before, Descriptors.Count());
    }
}
