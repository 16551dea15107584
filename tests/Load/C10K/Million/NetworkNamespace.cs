using System.ComponentModel;
using System.Diagnostics;

namespace AsyncServer.Load;

/// <summary>
/// A network of its own for this program, with nothing but a loopback: connections there do not count against the connection tracking of
/// the machine, which often stops at 262,144. Made by unshare(1) and ip(8).
/// </summary>
internal sealed class NetworkNamespace
{
    private const string UpAndRun = "ip link set lo up && exec \"$@\"";

    // As root; else as the root of a user namespace, where the system lets everybody make one.
    private static readonly string[][] Ways = [["--net"], ["--user", "--map-root-user", "--net"]];

    private readonly string[] _way;

    private NetworkNamespace(string[] way) => _way = way;

    /// <summary>Tries whether one can be made here.</summary>
    /// <param name="reason">Why not.</param>
    public static NetworkNamespace? TryFind(out string reason)
    {
        reason = "";
        foreach (string[] way in Ways)
        {
            if (Try(way, out string failure))
                return new NetworkNamespace(way);
            reason = reason.Length == 0 ? failure : reason;
        }
        return null;
    }

    /// <summary>Runs this program in it, with its console, and returns its exit code.</summary>
    /// <param name="arguments">Of this program.</param>
    /// <param name="cancellation">Has it end; its input ends then, as it does when this process is killed.</param>
    public async Task<int> RunAsync(IEnumerable<string> arguments, CancellationToken cancellation)
    {
        using var process = Process.Start(new ProcessStartInfo("unshare",
            [.. Arguments(_way), "dotnet", typeof(NetworkNamespace).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
        })!;
        await using var ending = cancellation.Register(process.StandardInput.Close);
        await process.WaitForExitAsync(CancellationToken.None);
        return process.ExitCode;
    }

    private static bool Try(string[] way, out string reason)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo("unshare", [.. Arguments(way), "true"]) { RedirectStandardError = true })!;
            reason = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception failure)
        {
            reason = $"unshare: {failure.Message}"; // it is not installed
            return false;
        }
    }

    private static string[] Arguments(string[] way) => [.. way, "sh", "-c", UpAndRun, "sh"];
}
