using System.Collections.Concurrent;
using System.ComponentModel;
using AsyncServer.Runtime;

namespace AsyncServer.Unit.Support;

/// <summary>A poller whose events come from the test and that remembers the hub's calls; it can be told to refuse some.</summary>
internal sealed class FakePoller(bool isEdgeTriggered) : IPoller
{
    private readonly BlockingCollection<PollEvent?> _events = [];
    private readonly ConcurrentDictionary<int, long> _watched = new();

    public bool IsEdgeTriggered => isEdgeTriggered;

    internal ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Which of Add, Arm, Disarm, Remove and Closing throw.</summary>
    internal volatile string Refused = "";

    /// <summary>Descriptors that are watched, and their tokens.</summary>
    internal IReadOnlyDictionary<int, long> Watched => _watched;

    /// <summary>The hub owns and disposes of it.</summary>
    internal static FakePoller Make(bool isEdgeTriggered) => new(isEdgeTriggered);

    internal void Report(long token, PollEvents events) => _events.Add(new PollEvent(token, events));

    public void Add(int descriptor, long token)
    {
        Note("Add");
        Assert.True(_watched.TryAdd(descriptor, token), "added twice");
    }

    public void Arm(int descriptor, long token, PollEvents interest) => Note($"Arm {interest}", descriptor, token);

    public void Disarm(int descriptor, long token, PollEvents interest) => Note($"Disarm {interest}", descriptor, token);

    public void Remove(int descriptor)
    {
        Note("Remove");
        Assert.True(_watched.TryRemove(descriptor, out _), "removed while not watched");
    }

    public void Closing(int descriptor)
    {
        Assert.True(_watched.TryRemove(descriptor, out _), "closing while not watched");
        Note("Closing");
    }

    public int Wait(Span<PollEvent> events, int timeoutMilliseconds)
    {
        int count = 0;
        bool isWoken = false;
        while (count < events.Length && _events.TryTake(out var next, count == 0 && !isWoken ? timeoutMilliseconds : 0))
        {
            if (next is { } reported)
                events[count++] = reported;
            else
                isWoken = true; // an event that came before or with the wake is told all the same
        }
        return count;
    }

    public void Wake() => _events.Add(null);

    public void Dispose() { }

    private void Note(string call, int descriptor = -1, long token = 0)
    {
        Calls.Enqueue(call);
        if (Refused.Split(' ').Contains(call.Split(' ')[0]))
            throw new Win32Exception(28, "refused by the test");
        if (descriptor >= 0)
            Assert.Equal(token, _watched[descriptor]);
    }
}
