using System.Net;
using System.Net.Sockets;
using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Configuration;

/// <summary>
/// The listeners that the settings ask for. Every process of a server makes the same list of the same settings, so that a listener's
/// index, its position there, means the same to all of them.
/// </summary>
internal static class ListenSettings
{
    /// <param name="settings">The settings.</param>
    /// <param name="inherited">
    /// The sockets that the server's first process was started with. They take the place of the default address. Where <c>--bind</c>
    /// selects some of them it must select all. Null where that is not known.
    /// </param>
    /// <param name="sockets">Open sockets, by the index of the listener that is to use them in the place of its address.</param>
    /// <exception cref="ListenException">A socket is selected and was not inherited, is selected twice, or is left over.</exception>
    internal static IReadOnlyList<HttpListenOptions> Read(
        EffectiveSettings settings, IReadOnlyList<DescriptorEndPoint>? inherited, IReadOnlyDictionary<int, EndPoint>? sockets = null)
    {
        var endPoints = Bound(settings, inherited);
        bool isDefault = endPoints.Count == 0 || (inherited?.Count > 0 && settings.IsSet(Settings.Port));
        if (isDefault)
            endPoints.Add(new IPEndPoint(IPAddress.IPv6Any, settings.Get(Settings.Port)));
        return [.. endPoints.Select((endPoint, index) => new HttpListenOptions
        {
            EndPoint = sockets?.GetValueOrDefault(index) ?? endPoint,
            FallsBackToIPv4 = isDefault && index == endPoints.Count - 1,
            Backlog = settings.Get(Settings.Backlog),
            UnixSocketMode = settings.IsSet(Settings.UnixMode) ? settings.Get(Settings.UnixMode) : null,
        })];
    }

    private static List<EndPoint> Bound(EffectiveSettings settings, IReadOnlyList<DescriptorEndPoint>? inherited)
    {
        var endPoints = settings.GetAll(Settings.Bind).SelectMany(endPoint => Resolve(settings, endPoint, inherited)).ToList();
        var selected = endPoints.OfType<DescriptorEndPoint>().ToList();
        if (selected.Find(socket => selected.Count(other => other.Descriptor == socket.Descriptor) > 1) is { } twice)
            throw Refused(twice, "it is selected twice.");
        if (inherited is null)
            return endPoints;
        var left = inherited.Except(selected).ToList();
        if (left.Count == inherited.Count)
            return [.. inherited, .. endPoints];
        return left is [var socket, ..]
            ? throw Refused(socket, $"it was inherited ({NameOf(socket)}), and --bind selects others of its kind; select all of them.")
            : endPoints;
    }

    private static IEnumerable<EndPoint> Resolve(
        EffectiveSettings settings, EndPoint endPoint, IReadOnlyList<DescriptorEndPoint>? inherited) => endPoint switch
        {
            UnixDomainSocketEndPoint => [new UnixDomainSocketEndPoint(settings.ToPath(Settings.Bind, endPoint.ToString()!))],
            DescriptorEndPoint socket => [inherited?.FirstOrDefault(known => known.Descriptor == socket.Descriptor) ?? socket],
            NamedSocketEndPoint when inherited is null => [],
            NamedSocketEndPoint named => Named(named, inherited),
            DnsEndPoint { Host: SettingParsers.AnyAddress } any =>
                [new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, any.Port)],
            DnsEndPoint localhost => Loopback(localhost.Port),
            _ => [endPoint],
        };

    // Browsers try one after the other, tools may know only one of them. Without IPv6 there is the other.
    private static IEnumerable<EndPoint> Loopback(int port) =>
        Socket.OSSupportsIPv6 && port != 0
            ? [new IPEndPoint(IPAddress.Loopback, port), new IPEndPoint(IPAddress.IPv6Loopback, port)]
            : [new IPEndPoint(IPAddress.Loopback, port)];

    private static List<DescriptorEndPoint> Named(NamedSocketEndPoint named, IReadOnlyList<DescriptorEndPoint> inherited)
    {
        var found = inherited.Where(socket => socket.Name == named.Name).ToList();
        return found.Count > 0 ? found
            : throw Refused(named, inherited.Count == 0
                ? "no sockets were inherited (LISTEN_FDS)."
                : $"no inherited socket has that name (LISTEN_FDNAMES); there are {string.Join(", ", inherited.Select(NameOf))}.");
    }

    private static ListenException Refused(EndPoint endPoint, string reason) => new(endPoint, new InvalidOperationException(reason));

    private static string NameOf(DescriptorEndPoint socket) => socket.Name ?? $"{socket} without a name";
}
