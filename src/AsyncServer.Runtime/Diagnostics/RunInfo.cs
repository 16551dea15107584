using System.Globalization;
using System.Text;

namespace AsyncServer.Runtime;

/// <summary>
/// What every running hub of this process does, and what each of its coroutines waits for (gevent: <c>gevent.util.print_run_info</c>).
/// <see cref="ToString"/> writes it as a tree.
/// </summary>
public sealed class RunInfo
{
    // A hub that works answers within a turn; one that hangs must not hold up the caller.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    private RunInfo(IEnumerable<HubSurvey> surveys) => Hubs = [.. surveys.Select(static survey => survey.Result())];

    /// <summary>The hubs, in the order in which they were started.</summary>
    public IReadOnlyList<HubInfo> Hubs { get; }

    /// <summary>
    /// Asks all hubs. Any thread may call it and blocks for the time that the slowest of them takes; on a hub prefer
    /// <see cref="CaptureAsync"/>.
    /// </summary>
    /// <param name="patience">How long to wait for a hub until it counts as hanging; 200 ms when left out.</param>
    public static RunInfo Capture(TimeSpan? patience = null)
    {
        var surveys = Ask();
        Task.WaitAll([.. surveys.Select(static survey => survey.Answered)], patience ?? Patience);
        return new RunInfo(surveys);
    }

    /// <inheritdoc cref="Capture"/>
    public static async Task<RunInfo> CaptureAsync(TimeSpan? patience = null)
    {
        var surveys = Ask();
        try { await Task.WhenAll(surveys.Select(static survey => survey.Answered)).WaitAsync(patience ?? Patience).ConfigureAwait(false); }
        catch (TimeoutException) { /* who has not answered hangs */ }
        return new RunInfo(surveys);
    }

    /// <summary>A tree of lines: hubs, their coroutines, and the members of these.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var hub in Hubs)
            Append(text, hub);
        return text.ToString();
    }

    /// <summary>The tree, where a text is wanted: <c>string tree = RunInfo.Capture();</c></summary>
    public static implicit operator string(RunInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return info.ToString();
    }

    private static HubSurvey[] Ask() => [.. RunningHubs.Snapshot().Select(static hub => new HubSurvey(hub))];

    private static void Append(StringBuilder text, HubInfo hub)
    {
        text.Append(CultureInfo.InvariantCulture, $"hub #{hub.Id} on thread \"{hub.Thread}\": ");
        text.Append(hub.State switch
        {
            HubState.Sleeping => "sleeping",
            HubState.Running => "running",
            _ => $"hanging in {hub.Current ?? "a posted callback"}",
        });
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture,
            $"  {hub.Turns} turns, {hub.ConnectionCount} connections, {hub.CoroutineCount} coroutines, {hub.ReadyCount} ready to run");
        text.AppendLine(CultureInfo.InvariantCulture,
            $"  spawned {hub.Spawned}, ended {hub.Ended}, failed {hub.Failed}, abandoned {hub.Abandoned}, blocked {hub.BlockedCount} "
                + $"times");
        foreach (var stretch in hub.Blocked)
            text.AppendLine(CultureInfo.InvariantCulture,
                $"  blocked for {Seconds(stretch.Duration)} at {stretch.NoticedAt:u} by {stretch.Holder}");
        foreach (var coroutine in hub.Coroutines)
            Append(text, coroutine, depth: 1);
    }

    private static void Append(StringBuilder text, CoroutineInfo coroutine, int depth)
    {
        text.Append(' ', depth * 2).Append(coroutine.Text).Append(": ");
        text.AppendLine(coroutine.WaitsFor.Count == 0 ? "ready to run"
            : $"waits for {string.Join(" and ", coroutine.WaitsFor)} since {Seconds(coroutine.Since)}");
        foreach (var child in coroutine.Children)
            Append(text, child, depth + 1);
    }

    private static string Seconds(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s");
}
