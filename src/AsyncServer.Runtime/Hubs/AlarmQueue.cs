namespace AsyncServer.Runtime;

/// <summary>
/// What waits for a precise time on a hub, earliest first and those of one time in the order in which they were added. One that is turned
/// off stays for a while: cheaper than to search for it.
/// </summary>
internal sealed class AlarmQueue
{
    // Below this many, alarms that are off are not worth a look at all the others.
    private const int MinOffToPurge = 64;

    private PriorityQueue<IAlarm, (long Due, long Order)> _alarms = new();
    private long _lastOrder;
    private int _off;

    /// <summary>How many are on.</summary>
    internal int Count => _alarms.Count - _off;

    /// <summary>How many there are, on or off.</summary>
    internal int Held => _alarms.Count;

    internal long Earliest => _alarms.TryPeek(out _, out var when) ? when.Due : EntryTable.NoDeadline;

    internal void Add(IAlarm alarm, long due) => _alarms.Enqueue(alarm, (due, ++_lastOrder));

    /// <summary>One of them says that it is off now.</summary>
    internal void TurnedOff()
    {
        if (++_off < MinOffToPurge || _off < _alarms.Count / 2)
            return;
        _alarms = new(_alarms.UnorderedItems.Where(static item => !item.Element.IsOff));
        _off = 0;
    }

    internal void WakeDue(long now)
    {
        while (_alarms.TryPeek(out var alarm, out var when) && when.Due <= now)
        {
            _alarms.Dequeue();
            if (alarm.IsOff)
                _off--;
            else
                alarm.OnDue();
        }
    }

    internal void StopAll()
    {
        while (_alarms.TryDequeue(out var alarm, out _))
        {
            if (!alarm.IsOff)
                alarm.OnStop();
        }
        _off = 0;
    }
}
