using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using AsyncServer.Configuration;
using AsyncServer.Runtime;

namespace AsyncServer.Workers;

/// <summary>
/// The listening sockets of all workers, held open by the supervisor, so that no connection waiting to be accepted is lost with a worker.
/// An IP address has a socket for each slot, among which the system spreads connections; a unix socket or an inherited one is the same for
/// all.
/// </summary>
internal sealed class WorkerAddresses : IDisposable
{
    private readonly List<IReadOnlyList<Socket>> _groups = []; // by the indexes of the listeners

    private WorkerAddresses(IReadOnlyList<DescriptorEndPoint> inherited) => Inherited = inherited;

    /// <summary>The sockets that the supervisor was started with, whether they are listened on or not.</summary>
    internal IReadOnlyList<DescriptorEndPoint> Inherited { get; }

    /// <summary>As the announcement names them.</summary>
    internal IEnumerable<EndPoint> EndPoints => _groups.Select(static group => group[0].LocalEndPoint!);

    /// <exception cref="ListenException">An address is in use, not permitted, or not one of this machine; none is open then.</exception>
    internal static WorkerAddresses Open(EffectiveSettings settings, IReadOnlyList<DescriptorEndPoint> inherited, int slots)
    {
        var addresses = new WorkerAddresses(inherited);
        try
        {
            foreach (var listener in ListenSettings.Read(settings, inherited))
                addresses._groups.Add(listener.BindGroup(slots));
            return addresses;
        }
        catch
        {
            addresses.Dispose();
            throw;
        }
    }

    /// <summary>What the worker of a slot listens on: a socket for each listener, in the order of the listeners.</summary>
    internal IEnumerable<SafeHandle> Of(int slot) => _groups.Select(group => group[slot % group.Count].SafeHandle);

    /// <summary>Those of them that no other worker has, with the indexes of their listeners.</summary>
    internal (IReadOnlyList<int> Listeners, IReadOnlyList<SafeHandle> Sockets) OnlyOf(int slot)
    {
        int[] listeners = [.. Enumerable.Range(0, _groups.Count).Where(listener => _groups[listener].Count > 1)];
        return (listeners, [.. listeners.Select(listener => _groups[listener][slot].SafeHandle)]);
    }

    /// <summary>Closes the supervisor's, so that each worker can be the last to close its own, having taken what waits there.</summary>
    public void Dispose()
    {
        foreach (var socket in _groups.SelectMany(static group => group))
            socket.Dispose();
    }
}
