using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AsyncServer.Configuration;
using AsyncServer.Runtime;

namespace AsyncServer.Workers;

/// <summary>
/// The listening sockets of all workers, held open by the supervisor, so that nobody who waits to be accepted is lost with a worker. An IP address has a socket for
/// each slot, among which the system spreads connections; a unix socket or an inherited one is the same for all.
/// </summary>
internal sealed class WorkerAddresses : IDisposable
{
    private readonly List<IReadOnlyList<Socket>> _groups = [];

    /// <summary>As the announcement names them.</summary>
    internal IEnumerable<EndPoint> EndPoints => _groups.Select(static group => group[0].LocalEndPoint!);

    /// <exception cref="ListenException">An address is in use, not permitted, or not one of this machine; none is open then.</exception>
    internal static WorkerAddresses Open(EffectiveSettings settings, IReadOnlyList<EndPoint> inherited, int slots)
    {
        var addresses = new WorkerAddresses();
        try
        {
            var endPoints = ServerSettings.EndPoints(settings, inherited);
            if (endPoints.Count == 0)
                addresses.AddDefault(settings, slots);
            foreach (var endPoint in endPoints)
                addresses.Add(endPoint, settings, slots);
            return addresses;
        }
        catch
        {
            addresses.Dispose();
            throw;
        }
    }

    /// <summary>What the worker of a slot listens on.</summary>
    internal IEnumerable<SafeHandle> Of(int slot) => _groups.Select(group => group[slot % group.Count].SafeHandle);

    /// <summary>Those of them that no other worker has.</summary>
    internal IReadOnlyList<SafeHandle> OnlyOf(int slot) => [.. _groups.Where(static group => group.Count > 1).Select(group => group[slot].SafeHandle)];

    /// <summary>Closes the supervisor's, so that each worker can be the last to close its own, having taken what waits there.</summary>
    public void Dispose()
    {
        foreach (var socket in _groups.SelectMany(static group => group))
            socket.Dispose();
    }

    private void AddDefault(EffectiveSettings settings, int slots)
    {
        int port = settings.Get(Settings.Port);
        try
        {
            Add(new IPEndPoint(IPAddress.IPv6Any, port), settings, slots);
        }
        catch (ListenException exception) when (
            exception.InnerException is SocketException { SocketErrorCode: SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable })
        {
            Add(new IPEndPoint(IPAddress.Any, port), settings, slots); // IPv6 is switched off
        }
    }

    private void Add(EndPoint endPoint, EffectiveSettings settings, int slots)
    {
        int backlog = settings.Get(Settings.Backlog);
        try
        {
            _groups.Add(endPoint is IPEndPoint address
                ? SocketListener.BindGroup(address, slots, backlog)
                : [SocketListener.Bind(endPoint, backlog, settings.IsSet(Settings.UnixMode) ? settings.Get(Settings.UnixMode) : null)]);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new ListenException(endPoint, exception);
        }
    }
}
