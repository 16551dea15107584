using System.ComponentModel;
using System.Diagnostics;

namespace AsyncServer.Faults;

/// <summary>Faults that need rights or tools that a machine may not give.</summary>
internal static class Possible
{
    /// <summary>Skips the test, with the reason, where the command does not succeed.</summary>
    internal static async Task OrSkipAsync(string what, params string[] command)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(command[0], command[1..]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            string errors = await process.StandardError.ReadToEndAsync(FaultServer.Cancellation);
            await process.WaitForExitAsync(FaultServer.Cancellation);
            Assert.SkipWhen(process.ExitCode != 0, $"{what} is not to be had here: {errors.Trim()}");
        }
        catch (Win32Exception missing)
        {
            Assert.Skip($"{what} is not to be had here: {missing.Message}");
        }
    }
}
