using System.ComponentModel;

namespace AsyncServer.Runtime;

/// <content>What it watches: places in its table, descriptors in its poller.</content>
public sealed partial class Hub
{
    /// <summary>Closed connections whose last piece has not left.</summary>
    internal int LastSends { get; set; }

    /// <exception cref="InvalidOperationException">The hub has stopped, or this is not its thread.</exception>
    internal long Register(IHubEntry entry, int descriptor)
    {
        if (IsStopping)
            throw new InvalidOperationException("The hub has stopped.");
        CheckThread();
        int slot = Table.Add(entry);
        long token = Table.Token(slot);
        if (descriptor < 0)
            return token;
        try
        {
            _poller.Add(descriptor, token);
            return token;
        }
        catch
        {
            Table.Remove(slot);
            throw;
        }
    }

    /// <param name="token">What <see cref="Register"/> returned.</param>
    /// <param name="descriptor">What the poller still watches, or -1.</param>
    internal void Unregister(long token, int descriptor)
    {
        Table.Remove(EntryTable.SlotOf(token));
        if (descriptor < 0)
            return;
        try { _poller.Closing(descriptor); }
        catch (Win32Exception) { /* it is about to be closed, which ends the watching as well */ }
    }

    internal void Arm(int descriptor, long token, PollEvents interest) => _poller.Arm(descriptor, token, interest);

    internal void Disarm(int descriptor, long token, PollEvents interest) => _poller.Disarm(descriptor, token, interest);

    internal void Pause(int descriptor) => _poller.Remove(descriptor);

    internal void Unpause(int descriptor, long token) => _poller.Add(descriptor, token);
}
