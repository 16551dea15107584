using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <summary>
/// Coroutines that are waited for and ended together (gevent: <c>pool.Group</c>), as a nursery: disposing it ends them all. Those that end
/// leave it by themselves. It belongs to the hub on which it is used.
/// </summary>
public sealed class CoroutineGroup : IAsyncDisposable
{
    private readonly HashSet<Coroutine> _members = [];
    private readonly Action<Coroutine> _onEnd;
    private Coroutine? _failed;

    /// <summary>Makes a group without members.</summary>
    public CoroutineGroup() => _onEnd = OnEnd;

    /// <summary>
    /// Whether the first member that fails has the others killed, and <see cref="JoinAsync"/> throw what it threw. Default: no; then each
    /// failure is that of its own coroutine.
    /// </summary>
    public bool CancelOnFailure { get; init; }

    /// <summary>How many members have not ended (gevent: <c>len(group)</c>).</summary>
    public int Count => _members.Count;

    internal IReadOnlyCollection<Coroutine> Members => _members;

    /// <summary>Called for each member that ends, after it has left.</summary>
    internal Action? MemberEnded { get; init; }

    /// <summary>Whether a member has failed under <see cref="CancelOnFailure"/>.</summary>
    internal bool HasFailed => _failed is not null;

    /// <summary>Whether a coroutine is a member that has not ended.</summary>
    public bool Contains(Coroutine coroutine) => _members.Contains(coroutine);

    /// <summary>Spawns a member (gevent: <c>Group.spawn</c>).</summary>
    /// <inheritdoc cref="Coroutine.Spawn(Func{Task}, string?, int)"/>
    public Coroutine Spawn(Func<Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) =>
        Added(Coroutine.Spawn(body, file, line));

    /// <summary>Spawns a member (gevent: <c>Group.spawn</c>).</summary>
    /// <inheritdoc cref="Coroutine.Spawn(Func{CancellationToken, Task}, string?, int)"/>
    public Coroutine Spawn(Func<CancellationToken, Task> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) =>
        Added(Coroutine.Spawn(body, file, line));

    /// <summary>Spawns a member (gevent: <c>Group.spawn</c>).</summary>
    /// <inheritdoc cref="Coroutine.Spawn{T}(Func{Task{T}}, string?, int)"/>
    public Coroutine<T> Spawn<T>(Func<Task<T>> body, [CallerFilePath] string? file = null, [CallerLineNumber] int line = 0) =>
        Added(Coroutine.Spawn(body, file, line));

    /// <summary>Spawns a member (gevent: <c>Group.spawn</c>).</summary>
    /// <inheritdoc cref="Coroutine.Spawn{T}(Func{CancellationToken, Task{T}}, string?, int)"/>
    public Coroutine<T> Spawn<T>(Func<CancellationToken, Task<T>> body, [CallerFilePath] string? file = null,
        [CallerLineNumber] int line = 0) =>
        Added(Coroutine.Spawn(body, file, line));

    /// <summary>Takes a coroutine in (gevent: <c>Group.add</c>); one that has ended or is a member already changes nothing.</summary>
    public void Add(Coroutine coroutine)
    {
        ArgumentNullException.ThrowIfNull(coroutine);
        if (!coroutine.IsCompleted && _members.Add(coroutine))
            coroutine.LinkQuietly(_onEnd);
    }

    /// <summary>Lets a member go; it runs on (gevent: <c>Group.discard</c>).</summary>
    public void Discard(Coroutine coroutine)
    {
        ArgumentNullException.ThrowIfNull(coroutine);
        if (_members.Remove(coroutine))
            coroutine.Unlink(_onEnd);
    }

    /// <summary>Waits until no member is left, those included that join meanwhile (gevent: <c>Group.join</c>).</summary>
    /// <param name="timeout">Infinite when left out.</param>
    /// <returns>Whether none is left.</returns>
    /// <exception cref="Exception">What the first member threw that failed, if <see cref="CancelOnFailure"/> is set.</exception>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public async ValueTask<bool> JoinAsync(TimeSpan? timeout = null)
    {
        bool isEmpty = await JoinMembersAsync(timeout);
        if (isEmpty && _failed is { } failed)
        {
            _failed = null;
            await failed;
        }
        return isEmpty;
    }

    /// <summary>Kills all members and waits for their ends (gevent: <c>Group.kill</c>). A member that calls it is killed last.</summary>
    /// <param name="grace">For all together; infinite when left out.</param>
    /// <returns>Whether all have ended; who has not is reported.</returns>
    /// <exception cref="InvalidOperationException">This thread is not a hub's.</exception>
    public ValueTask<bool> KillAsync(TimeSpan? grace = null) => Coroutine.KillAllAsync([.. _members], grace);

    /// <summary>Kills all members and waits for their ends, however long that takes.</summary>
    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        if (_failed is { } failed)
            failed.Hub.ReportFailure(failed, failed.Exception!); // nobody has joined the group
    }

    /// <summary>Kills every member once, those included that join meanwhile, and waits for all.</summary>
    internal async ValueTask EndAsync()
    {
        while (_members.Count > 0)
        {
            foreach (var member in _members.Where(static member => !member.IsKilled))
                member.BeginKill();
            await _members.First().JoinQuietlyAsync(Timeout.InfiniteTimeSpan);
        }
    }

    private async ValueTask<bool> JoinMembersAsync(TimeSpan? timeout)
    {
        var hub = Hub.Current ?? throw new InvalidOperationException("A group is joined on a hub: see Hub.Run.");
        bool isLimited = timeout is { } given && given != Timeout.InfiniteTimeSpan;
        hub.Clock.Update();
        var end = isLimited ? hub.Now + timeout!.Value : default;
        while (_members.Count > 0)
        {
            var left = !isLimited ? Timeout.InfiniteTimeSpan : end > hub.Now ? end - hub.Now : TimeSpan.Zero;
            if (!await _members.First().JoinQuietlyAsync(left))
                return false;
        }
        return true;
    }

    private T Added<T>(T coroutine) where T : Coroutine
    {
        Add(coroutine);
        return coroutine;
    }

    private void OnEnd(Coroutine ended)
    {
        _members.Remove(ended);
        MemberEnded?.Invoke();
        if (!CancelOnFailure || _failed is not null || ended.Exception is null) // observed: JoinAsync throws it
            return;
        _failed = ended;
        foreach (var member in _members)
            member.BeginKill();
    }
}
