using System.Runtime.InteropServices;
using AsyncServer.Unit.Program;

namespace AsyncServer.Faults;

/// <summary>Addresses that the system does not give: faults 46 and 48. The network is one of the server's own.</summary>
public sealed class AddressTests
{
    private static readonly string[] OwnNetwork = ["unshare", "--map-root-user", "--net"];

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Port_NotPermitted_NamesTheAddressAndFails()
    {
        string[] powerless = [.. OwnNetwork, "setpriv", "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service"];
        await Possible.OrSkipAsync("a network where ports are reserved", [.. powerless, "true"]);
        await using var program = ServerProgram.LaunchedBy(powerless, "--bind", "0.0.0.0:80");
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains("asyncserver: Cannot listen on 0.0.0.0:80: Permission denied", program.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Errors, StringComparison.Ordinal);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task IPv6_SwitchedOff_ListensOnIPv4()
    {
        string[] withoutIPv6 = [.. OwnNetwork, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && exec \"$@\"", "sh"];
        await Possible.OrSkipAsync("a network without IPv6", [.. withoutIPv6, "true"]);
        await using var program = ServerProgram.LaunchedBy(withoutIPv6, "0");
        Assert.NotEqual(0, await program.PortAsync());
        program.Signal(PosixSignal.SIGTERM);
        Assert.Equal(0, await program.ExitCodeAsync());
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task IPv6_SwitchedOffAndAskedFor_NamesTheAddressAndFails()
    {
        string[] withoutIPv6 = [.. OwnNetwork, "sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6 && exec \"$@\"", "sh"];
        await Possible.OrSkipAsync("a network without IPv6", [.. withoutIPv6, "true"]);
        await using var program = ServerProgram.LaunchedBy(withoutIPv6, "--bind", "[::1]:0");
        Assert.Equal(1, await program.ExitCodeAsync());
        Assert.Contains("asyncserver: Cannot listen on [::1]:0: ", program.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", program.Errors, StringComparison.Ordinal);
    }
}
