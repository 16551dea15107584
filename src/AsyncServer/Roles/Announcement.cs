using System.Net;
using AsyncServer.Configuration;

namespace AsyncServer.Roles;

/// <summary>What the console says when the server listens.</summary>
internal static class Announcement
{
    /// <param name="endPoints">What it listens on.</param>
    /// <param name="settings">What was set.</param>
    /// <param name="crew">Who serves, such as <c>2 hubs</c>.</param>
    internal static void Write(IReadOnlyList<EndPoint> endPoints, EffectiveSettings settings, string crew)
    {
        string? web = ServerSettings.WebFolder(settings);
        var app = ServerSettings.App(settings, web);
        foreach (var endPoint in endPoints)
            Console.WriteLine($"AsyncServer listens on {endPoint}{Browsable(endPoint)}");
        Console.WriteLine($"Files from {Path.GetFullPath(settings.GetPath(Settings.Root))}; {crew}; process {Environment.ProcessId}.");
        if (web is not null)
            Console.WriteLine($"Script modules from {Path.GetFullPath(web)}.");
        if (app is not null)
            Console.WriteLine($"What none of these answers goes to {settings.Get(Settings.App)} ({app.Describe(web)}).");
        if (settings.Get(Settings.Dev))
            Console.WriteLine(DevelopmentWarning(endPoints));
        Console.WriteLine("Press Ctrl+C to stop, or send SIGTERM; a second time to stop at once.");
    }

    internal static string Many(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";

    private static string DevelopmentWarning(IEnumerable<EndPoint> endPoints)
    {
        const string Warning = "--dev shows source and requests to whoever makes an app fail";
        return endPoints.OfType<IPEndPoint>().FirstOrDefault(static endPoint => !IPAddress.IsLoopback(endPoint.Address)) is { } open
            ? $"WARNING: {Warning}, and other machines can reach {open}. Use --bind 127.0.0.1:{open.Port}."
            : $"Warning: {Warning}.";
    }

    // What a browser opens: a wildcard is no address, and a unix socket is not for it.
    private static string Browsable(EndPoint endPoint) => endPoint is not IPEndPoint address ? ""
        : address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any) ? $": http://localhost:{address.Port}/"
        : $": http://{address}/";
}
