namespace AsyncServer.Runtime;

/// <summary>The hubs of this process that run.</summary>
internal static class RunningHubs
{
    private static readonly Lock Gate = new();
    private static readonly List<Hub> Hubs = [];

    internal static void Add(Hub hub)
    {
        lock (Gate)
            Hubs.Add(hub);
    }

    internal static void Remove(Hub hub)
    {
        lock (Gate)
            Hubs.Remove(hub);
    }

    internal static Hub[] Snapshot()
    {
        lock (Gate)
            return [.. Hubs];
    }
}
