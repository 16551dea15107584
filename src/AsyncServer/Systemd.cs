using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer;

/// <summary>
/// The two protocols of systemd that concern a server, both through the environment: sockets that were opened for it
/// (sd_listen_fds) and saying when it is ready (sd_notify, <c>Type=notify</c>).
/// </summary>
internal static class Systemd
{
    private const int FirstDescriptor = 3;

    /// <summary>The sockets that this process was started with; none when they are meant for another one.</summary>
    internal static IReadOnlyList<EndPoint> TakeSockets()
    {
        string? process = Environment.GetEnvironmentVariable("LISTEN_PID");
        string? count = Environment.GetEnvironmentVariable("LISTEN_FDS");

        // Children must not take them too.
        Environment.SetEnvironmentVariable("LISTEN_PID", null);
        Environment.SetEnvironmentVariable("LISTEN_FDS", null);
        if (process != Environment.ProcessId.ToString(CultureInfo.InvariantCulture) || !int.TryParse(count, CultureInfo.InvariantCulture, out int sockets))
            return [];
        return [.. Enumerable.Range(FirstDescriptor, sockets).Select(DescriptorEndPoint.Inherit)];
    }

    internal static void NotifyReady() => Notify("READY=1");

    /// <summary>To be followed by <see cref="NotifyReady"/>; the time lets systemd tell one reload from another (<c>Type=notify-reload</c>).</summary>
    internal static void NotifyReloading() =>
        Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={TimeSpan.FromSeconds((double)Stopwatch.GetTimestamp() / Stopwatch.Frequency).TotalMicroseconds:0}"));

    internal static void NotifyStopping() => Notify("STOPPING=1");

    private static void Notify(string state)
    {
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is not { Length: > 1 } path)
            return;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            string name = path[0] == '@' ? '\0' + path[1..] : path; // an abstract name
            socket.SendTo(Encoding.UTF8.GetBytes(state), new UnixDomainSocketEndPoint(name));
        }
        catch (SocketException)
        {
            // Nobody listens there; the server serves all the same.
        }
    }
}
