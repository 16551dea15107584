namespace AsyncServer.Runtime;

/// <content>What it tells its observer, and what others can see of it.</content>
public sealed partial class Hub
{
    /// <summary>Looks whether something holds it for too long, or null.</summary>
    internal HubWatch? Watch { get; }

    /// <summary>Grows with each piece of code that runs without an await. Any thread may read it.</summary>
    internal long Stretch => Volatile.Read(ref _stretch);

    /// <summary>Whether such a piece is under way. Any thread may read it.</summary>
    internal bool IsInStretch => Volatile.Read(ref _depth) > 0;

    /// <summary>As what it runs or last ran. Any thread may read it.</summary>
    internal Coroutine? Running => Volatile.Read(ref _running);

    /// <summary>Whether it waits in its poller. Any thread may read it.</summary>
    internal bool IsSleeping => _remote.IsSleeping;

    /// <summary>The name of the thread that it runs on.</summary>
    internal string ThreadName { get; private set; } = "";

    internal int ReadyCount => _ready.Count;

    /// <summary>Whether a coroutine has its turn as soon as possible.</summary>
    internal bool IsReady(Coroutine coroutine) => _ready.Contains(coroutine);

    internal void ReportFailure(Coroutine? coroutine, Exception exception)
    {
        try { _observer?.CoroutineFailed(coroutine, exception); }
        catch (Exception) { /* an observer must not throw; one that does must not end the loop */ }
    }

    internal void ReportAbandoned(Coroutine coroutine, TimeSpan grace)
    {
        Occupancy.CoroutineAbandoned();
        try { _observer?.CoroutineAbandoned(coroutine, grace); }
        catch (Exception) { /* an observer must not throw; one that does must not end who kills */ }
    }

    internal void ReportAcceptPaused(System.Net.EndPoint? endPoint, string reason, TimeSpan pause)
    {
        try { _observer?.AcceptPaused(endPoint, reason, pause); }
        catch (Exception) { /* an observer must not throw; one that does must not end the accept loop */ }
    }

    internal void ReportFreed(BlockingStretch stretch)
    {
        try { _observer?.HubFreed(this, stretch); }
        catch (Exception) { /* an observer must not throw; one that does must end neither the loop nor the watching */ }
    }

    internal void ReportBlocked(BlockingStretch stretch)
    {
        try { _observer?.HubBlocked(this, stretch); }
        catch (Exception) { /* an observer must not throw; one that does must not end the watching */ }
    }
}
