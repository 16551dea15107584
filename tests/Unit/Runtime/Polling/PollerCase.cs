using AsyncServer.Runtime;

namespace AsyncServer.Unit.Runtime.Polling;

/// <summary>A poller that the contract is tested with, and what it cannot see.</summary>
internal sealed record PollerCase(string Name, Func<IPoller> Make)
{
    private static readonly PollerCase[] Cases =
    [
        new("epoll edge", static () => new EpollPoller()),
        new("epoll level", static () => new EpollPoller(EpollTrigger.Level)),
        new("poll", static () => new PollPoller()),
        new("select", static () => new SelectPoller()) { SeesHangUps = false, Capacity = 500 },
        new("sweep", static () => new SweepPoller()),
        new("connection", static () => new ConnectionPoller(new SharedWake())),
    ];

    internal static TheoryData<string> Names { get; } = [.. Cases.Select(static one => one.Name)];

    /// <summary>Whether it tells a FIN or a reset from bytes, and a reset to those who did not ask.</summary>
    internal bool SeesHangUps { get; init; } = true;

    /// <summary>How many descriptors it is tested with.</summary>
    internal int Capacity { get; init; } = 1000;

    internal static PollerCase Of(string name) => Cases.Single(one => one.Name == name);
}
