using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace AsyncServer;

/// <summary>
/// What systemd is told through the socket that the environment names: when the server is ready, reloads or stops (sd_notify,
/// <c>Type=notify</c>). The sockets that it opens for a server are <see cref="Runtime.ActivatedSockets"/>.
/// </summary>
internal static class Systemd
{
    internal static void NotifyReady() => Notify("READY=1");

    /// <summary>
    /// To be followed by <see cref="NotifyReady"/>; the time lets systemd tell one reload from another (<c>Type=notify-reload</c>).
    /// </summary>
    internal static void NotifyReloading()
    {
        var monotonic = TimeSpan.FromSeconds((double)Stopwatch.GetTimestamp() / Stopwatch.Frequency);
        Notify(string.Create(CultureInfo.InvariantCulture, $"RELOADING=1\nMONOTONIC_USEC={monotonic.TotalMicroseconds:0}"));
    }

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
