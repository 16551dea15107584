namespace AsyncServer.Runtime;

/// <summary>Asks a hub what it does: on its thread, or by a post that it answers when it can.</summary>
internal sealed class HubSurvey
{
    private const string Foreign = "something foreign"; // a task, a callback of another library: who completes it is not ours to know

    private readonly Hub _hub;
    private readonly HubState _state;
    private readonly HashSet<Coroutine> _seen = [];
    private readonly TaskCompletionSource<HubInfo> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal HubSurvey(Hub hub)
    {
        _hub = hub;
        _state = hub.IsSleeping ? HubState.Sleeping : HubState.Running;
        if (hub.IsOnThread)
            Answer();
        else
            hub.Post(Answer);
    }

    internal Task<HubInfo> Answered => _answer.Task;

    /// <summary>The answer, or without one what can be seen from outside.</summary>
    internal HubInfo Result() => Answered.IsCompleted ? Answered.Result : new HubInfo(_hub, HubState.Hanging);

    private void Answer()
    {
        if (!_hub.IsOnThread)
        {
            _answer.TrySetResult(new HubInfo(_hub, HubState.Sleeping)); // it has stopped meanwhile
            return;
        }
        _hub.Clock.Update();
        var all = new List<Coroutine>();
        _hub.Coroutines.ForEach(all.Add);
        if (_hub.Running is { IsListed: false, IsCompleted: false } beginner)
            all.Add(beginner);
        var children = all.SelectMany(static coroutine => coroutine.Members).ToHashSet();
        _answer.TrySetResult(new HubInfo(_hub, _state)
        {
            ReadyCount = _hub.ReadyCount,
            Coroutines = [.. all.Where(coroutine => !children.Contains(coroutine)).Select(Describe)],
        });
    }

    private CoroutineInfo Describe(Coroutine coroutine)
    {
        bool isNew = _seen.Add(coroutine); // groups may contain each other's owners
        return new CoroutineInfo(
            coroutine.Id,
            coroutine.ToString(),
            [.. WaitsOf(coroutine)],
            _hub.Now - TimeSpan.FromTicks(coroutine.LastRan),
            isNew ? [.. coroutine.Members.Where(member => ReferenceEquals(member.Hub, _hub)).Select(Describe)] : []);
    }

    private IEnumerable<string> WaitsOf(Coroutine coroutine)
    {
        if (ReferenceEquals(coroutine, Coroutine.Current) || _hub.IsReady(coroutine))
            yield break;
        if (coroutine.Waits is null)
            yield return Foreign;
        for (var wait = coroutine.Waits; wait is not null; wait = wait.Next)
            yield return wait.Purpose;
    }
}
