namespace AsyncServer.Runtime;

/// <summary>The thread that looks after all hubs. It lives while there are some, and dozes while all of them sleep.</summary>
internal static class Watchdog
{
    // Looks in a row that find every hub asleep.
    private const int LooksBeforeDoze = 40;

    // Hubs wake it without a fence between their write and their read: should one ever miss that it dozes, it wakes by itself.
    private static readonly TimeSpan LongestDoze = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(5);

    private static readonly object Gate = new();
    private static HubWatch[] _watches = [];
    private static bool _isRunning;
    private static volatile bool _isDozing;

    /// <summary>Whether a hub that begins to work must <see cref="Wake"/> it.</summary>
    internal static bool IsDozing => _isDozing;

    internal static void Add(HubWatch watch)
    {
        lock (Gate)
        {
            _watches = [.. _watches, watch];
            Monitor.Pulse(Gate);
            if (_isRunning)
                return;
            _isRunning = true;
        }
        new Thread(Run) { IsBackground = true, Name = "hub watchdog" }.UnsafeStart();
    }

    internal static void Remove(HubWatch watch)
    {
        lock (Gate)
        {
            _watches = [.. _watches.Where(other => !ReferenceEquals(other, watch))];
            Monitor.Pulse(Gate);
        }
    }

    internal static void Wake()
    {
        lock (Gate)
        {
            _isDozing = false;
            Monitor.Pulse(Gate);
        }
    }

    private static void Run()
    {
        int idleLooks = 0;
        while (Next(idleLooks >= LooksBeforeDoze) is { } watches)
        {
            bool isIdle = true;
            foreach (var watch in watches)
            {
                watch.Look();
                isIdle &= watch.IsIdle;
            }
            idleLooks = isIdle ? idleLooks + 1 : 0;
        }
    }

    private static HubWatch[]? Next(bool mayDoze)
    {
        lock (Gate)
        {
            if (_watches.Length > 0)
            {
                var interval = _watches.Min(static watch => watch.Interval);
                _isDozing = mayDoze;
                Monitor.Wait(Gate, mayDoze ? LongestDoze : interval > ShortestInterval ? interval : ShortestInterval);
                _isDozing = false;
            }
            _isRunning = _watches.Length > 0;
            return _isRunning ? _watches : null;
        }
    }
}
