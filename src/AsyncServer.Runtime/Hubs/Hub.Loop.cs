using System.Diagnostics;

namespace AsyncServer.Runtime;

/// <content>The loop: run what is ready, poll, resume, sweep deadlines; and its end.</content>
public sealed partial class Hub
{
    // A look at the clock costs as much as a small item.
    private const int ItemsPerLookAtClock = 4;

    // Time budget for one deadline sweep; then the hub polls.
    private static readonly TimeSpan SweepTurn = TimeSpan.FromMilliseconds(0.2);

    // How late a passed deadline may be noticed, by a hub that has time.
    private static readonly long SweepInterval = TimeSpan.FromMilliseconds(250).Ticks;

    // The longest wait while sleeps are pending, well below the clock's largest step.
    private static readonly long MaxWait = TimeSpan.FromMilliseconds(500).Ticks;

    // Turns that a stopping hub gives to what still runs. Whatever still waits after that would never end.
    private const int TurnsWhileStopping = 1000;

    // Reports that are taken from the poller at a time: 256 for a hub of the usual size.
    private const int EventsPerConnection = 4;

    private bool MayEnd => _endsWhenEmpty && CoroutineCount == 0 && LastSends == 0;

    private void RunOwnThread()
    {
        if (!IsOfOneConnection)
            BatchScheduling.Apply();
        RunLoop();
    }

    private void RunLoop()
    {
        var outer = SynchronizationContext.Current;
        _current = this;
        _initialContext = ExecutionContext.Capture();
        ThreadName = Thread.CurrentThread.Name ?? $"#{Environment.CurrentManagedThreadId}";
        RunningHubs.Add(this);
        Watch?.Start();
        try
        {
            do
            {
                RunReady();
                Poll();
            }
            while (!_isStopRequested && !(MayEnd && _ready.Count == 0 && _remote.IsEmpty));
            RunDown();
        }
        finally
        {
            Watch?.Dispose();
            RunningHubs.Remove(this);
            _current = null;
            SynchronizationContext.SetSynchronizationContext(outer);
            _ended?.Invoke(this);
            _stopped.TrySetResult();
        }
    }

    private void RunReady()
    {
        TakeRemote();
        if (_ready.Count == 0)
            return;
        long tick = Environment.TickCount64; // moves on every 1 to 4 ms; a precise clock costs more than many an item
        for (int i = 0; i < TurnBudget.Items && _ready.Count > 0; i++)
        {
            Invoke(_ready.Dequeue());
            if (i % ItemsPerLookAtClock == 0 && Environment.TickCount64 != tick)
                return;
        }
    }

    private void TakeRemote()
    {
        for (int i = 0; i < TurnBudget.RemoteItems && _remote.TryDequeue(out var item); i++)
        {
            _ready.Enqueue(item);
            Turn++;
        }
    }

    private void Poll()
    {
        int count;
        int timeout = _ready.Count > 0 || _isStopRequested || MayEnd ? 0 : NextTimeout();
        if (timeout != 0 && _remote.TryBeginSleep())
        {
            _running = null; // what ended may be collected
            SynchronizationContext.SetSynchronizationContext(null);
            count = _poller.Wait(_events, timeout);
            _remote.EndSleep();
        }
        else
        {
            count = Table.Count == 0 ? 0 : _poller.Wait(_events, 0); // work waits already, and so may input
        }

        // Input before timers: what came in time is served although the hub looks late.
        Clock.Update();
        Turn++;
        for (int i = 0; i < count; i++)
        {
            ref readonly var ev = ref _events[i];
            Table.Find(ev.Token)?.OnReady(ev.Events);
        }
        RunTimers();
        _polls++;
    }

    private void RunTimers()
    {
        long now = Clock.Now;
        Alarms.WakeDue(now);
        if (now < _nextSweep && Clock.IsSystem)
            return;
        long begin = Stopwatch.GetTimestamp();
        while (Table.SweepNext(now))
        {
            if (Stopwatch.GetElapsedTime(begin) >= SweepTurn)
                return; // the rest comes after a poll
        }
        _nextSweep = now + SweepInterval;
        try { _swept?.Invoke(); }
        catch (Exception exception) { ReportFailure(null, exception); } // nobody is above us
    }

    private int NextTimeout()
    {
        if (_foreignAlarm is not null)
            return _foreignAlarm.TrySet(Math.Min(Alarms.Earliest, Table.EarliestDeadline())) ? -1 : 0;
        long due = Alarms.Earliest;
        if (Table.Count > 0)
            due = Math.Min(due, _nextSweep);
        if (due == EntryTable.NoDeadline)
            return -1;
        long wait = Math.Clamp(due - Clock.Now, 0, MaxWait);
        return (int)((wait + TimeSpan.TicksPerMillisecond - 1) / TimeSpan.TicksPerMillisecond);
    }

    private void Invoke(in WorkItem item)
    {
        SynchronizationContext.SetSynchronizationContext(item.Coroutine);
        _running = item.Coroutine;
        Volatile.Write(ref _stretch, _stretch + 1);
        _depth++;
        if (item.Coroutine is { } coroutine)
            coroutine.LastRan = Clock.Now;
        if (Watchdog.IsDozing)
            Watchdog.Wake();
        try
        {
            item.Invoke();
        }
        catch (Exception exception)
        {
            // Nobody is above us: an async void method, or a callback that was posted. The process lives.
            ReportFailure(item.Coroutine, exception);
        }
        _depth--;
        if (Watch is { IsHeld: true } watch)
            watch.StretchEnded(_stretch);

        // What the callback set in its execution context must not be seen by the next one.
        if (_initialContext is { } initial && !ReferenceEquals(ExecutionContext.Capture(), initial))
            ExecutionContext.Restore(initial);
    }

    private void RunDown()
    {
        Volatile.Write(ref _isStopping, true);
        Table.ForEach(static entry => entry.OnStop());
        Alarms.StopAll();
        Coroutines.ForEach(static coroutine => coroutine.Stop());
        for (int turn = 0; turn < TurnsWhileStopping && (_ready.Count > 0 || !_remote.IsEmpty); turn++)
            RunAllReady();
        while (_ready.Count > 0)
            _remote.Enqueue(_ready.Dequeue());
        _current = null;
        _running = null;
        Volatile.Write(ref _isStopped, true);
        Interlocked.MemoryBarrier(); // pairs with the one in Enqueue: a poster sees the flag, or its item is seen below
        _foreignAlarm?.End();
        _poller.Dispose();
        RunRemainderOnPool();
    }

    private void RunAllReady()
    {
        TakeRemote();
        for (int i = _ready.Count; i > 0; i--)
            Invoke(_ready.Dequeue());
    }

    // A hub that has stopped still owes its posts a run, so that finally blocks do theirs.
    private void RunRemainderOnPool()
    {
        while (_remote.TryDequeue(out var item))
            ThreadPool.UnsafeQueueUserWorkItem(static pair => pair.Hub.InvokeOnPool(pair.Item), (Hub: this, Item: item),
                preferLocal: false);
    }

    private void InvokeOnPool(WorkItem item)
    {
        try { Coroutine.InvokeOnPool(item); }
        catch (Exception exception) { ReportFailure(item.Coroutine, exception); } // nobody is above us
    }
}
