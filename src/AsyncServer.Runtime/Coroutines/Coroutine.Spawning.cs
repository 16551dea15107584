using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <content>How coroutines come to be.</content>
public partial class Coroutine
{
    /// <summary>
    /// Starts a coroutine on the current hub (gevent: <c>spawn</c>). It is queued, never started inside this call, and queued
    /// ones start in order. The caller's execution context flows into it.
    /// </summary>
    /// <param name="body">What it runs.</param>
    /// <param name="file">Left out: the place of the call, for reports.</param>
    /// <param name="line">Left out as well.</param>
    /// <returns>The coroutine; awaiting it is optional.</returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public static Coroutine Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new Coroutine(CurrentHub(), body, ExecutionContext.Capture()).SpawnedAt(file, line).QueuedHere();
    }

    /// <param name="body">What it runs; it gets the coroutine's <see cref="CancellationToken"/>.</param>
    /// <param name="file">Left out: the place of the call, for reports.</param>
    /// <param name="line">Left out as well.</param>
    /// <inheritdoc cref="Spawn(Func{Task}, string?, int)"/>
    public static Coroutine Spawn(Func<CancellationToken, Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new Coroutine(CurrentHub(), body, ExecutionContext.Capture()).SpawnedAt(file, line).QueuedHere();
    }

    /// <typeparam name="T">What it returns.</typeparam>
    /// <inheritdoc cref="Spawn(Func{Task}, string?, int)"/>
    public static Coroutine<T> Spawn<T>(Func<Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        var coroutine = new Coroutine<T>(CurrentHub(), body, ExecutionContext.Capture());
        coroutine.SpawnedAt(file, line).QueuedHere();
        return coroutine;
    }

    /// <typeparam name="T">What it returns.</typeparam>
    /// <inheritdoc cref="Spawn(Func{CancellationToken, Task}, string?, int)"/>
    public static Coroutine<T> Spawn<T>(Func<CancellationToken, Task<T>> body, [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        var coroutine = new Coroutine<T>(CurrentHub(), body, ExecutionContext.Capture());
        coroutine.SpawnedAt(file, line).QueuedHere();
        return coroutine;
    }

    /// <summary>Starts a coroutine on the current hub after a while (gevent: <c>spawn_later</c>). Killed before, it never runs.</summary>
    /// <param name="delay">Zero or less for <see cref="Spawn(Func{Task}, string?, int)"/>.</param>
    /// <param name="body">What it runs.</param>
    /// <param name="file">Left out: the place of the call, for reports.</param>
    /// <param name="line">Left out as well.</param>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public static Coroutine SpawnLater(TimeSpan delay, Func<Task> body, [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new Coroutine(CurrentHub(), body, ExecutionContext.Capture()).SpawnedAt(file, line).QueuedAfter(delay);
    }

    /// <param name="delay">Zero or less for <see cref="Spawn(Func{CancellationToken, Task}, string?, int)"/>.</param>
    /// <param name="body">What it runs; it gets the coroutine's <see cref="CancellationToken"/>.</param>
    /// <param name="file">Left out: the place of the call, for reports.</param>
    /// <param name="line">Left out as well.</param>
    /// <inheritdoc cref="SpawnLater(TimeSpan, Func{Task}, string?, int)"/>
    public static Coroutine SpawnLater(
        TimeSpan delay, Func<CancellationToken, Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new Coroutine(CurrentHub(), body, ExecutionContext.Capture()).SpawnedAt(file, line).QueuedAfter(delay);
    }

    /// <typeparam name="T">What it returns.</typeparam>
    /// <inheritdoc cref="SpawnLater(TimeSpan, Func{Task}, string?, int)"/>
    public static Coroutine<T> SpawnLater<T>(
        TimeSpan delay, Func<Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(body);
        var coroutine = new Coroutine<T>(CurrentHub(), body, ExecutionContext.Capture());
        coroutine.SpawnedAt(file, line).QueuedAfter(delay);
        return coroutine;
    }

    internal static Coroutine Spawn(Hub hub, Func<Task> body) => Spawn(hub, body, ExecutionContext.Capture());

    /// <summary>Starts a coroutine whose task somebody has from the first moment on: a failure is theirs, however soon it comes.</summary>
    internal static Task SpawnObserved(Hub hub, Func<Task> body)
    {
        var coroutine = new Coroutine(hub, body, ExecutionContext.Capture());
        var task = coroutine.AsTask();
        coroutine.Queue();
        return task;
    }

    /// <inheritdoc cref="SpawnObserved(Hub, Func{Task})"/>
    internal static Task<T> SpawnObserved<T>(Hub hub, Func<Task<T>> body)
    {
        var coroutine = new Coroutine<T>(hub, body, ExecutionContext.Capture());
        var task = coroutine.AsTask();
        coroutine.Queue();
        return task;
    }

    /// <summary>Starts a coroutine on a given hub from any thread. A null context is the default one.</summary>
    internal static Coroutine Spawn(Hub hub, Func<Task> body, ExecutionContext? context) => new Coroutine(hub, body, context).Queued();

    private static Hub CurrentHub([CallerMemberName] string member = "") => Hub.Current ?? throw new InvalidOperationException(
        $"Coroutine.{member} needs a hub on this thread: call it inside Hub.Run(async () => ...) or from a coroutine.");

    private Coroutine SpawnedAt(string? file, int line)
    {
        (_spawnFile, _spawnLine) = (file, line);
        return this;
    }

    private Coroutine Queued()
    {
        Queue();
        return this;
    }

    // For the hub's own thread: each question which thread this is costs some nanoseconds.
    private Coroutine QueuedHere()
    {
        Hub.Occupancy.CoroutineStarted(isOnHub: true);
        Hub.EnqueueHere(WorkItem.Start(this));
        return this;
    }

    private Coroutine QueuedAfter(TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
            return QueuedHere();
        Hub.Occupancy.CoroutineStarted(isOnHub: true);
        new DelayedStart(this).Begin(delay);
        return this;
    }

    /// <summary>Queues a coroutine when its time has come. Killed before that, it is queued at once and ends without a run.</summary>
    private sealed class DelayedStart(Coroutine coroutine) : IAlarm
    {
        public bool IsOff { get; private set; }

        internal void Begin(TimeSpan delay)
        {
            if (coroutine.Hub.IsStopping)
            {
                OnStop();
                return;
            }
            coroutine._state = new Delayed(coroutine._state, this);
            coroutine.Hub.Clock.Update();
            coroutine.Hub.Alarms.Add(this, coroutine.Hub.Clock.DueAfter(delay));
        }

        internal void Cancel()
        {
            IsOff = true;
            coroutine.Hub.Alarms.TurnedOff();
            OnDue();
        }

        public void OnDue()
        {
            if (coroutine._state is Delayed delayed)
                coroutine._state = delayed.State;
            coroutine.Hub.Enqueue(WorkItem.Start(coroutine));
        }

        public void OnStop()
        {
            coroutine._states |= States.Killed;
            OnDue();
        }

        internal sealed record Delayed(object? State, DelayedStart Alarm);
    }
}
