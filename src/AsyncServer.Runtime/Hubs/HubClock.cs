using System.Runtime.CompilerServices;

namespace AsyncServer.Runtime;

/// <summary>
/// A hub's time: ticks of 100 ns since the hub was made, read once per turn. It is monotonic, takes no notice of the wall
/// clock, and advances by a bounded step (see <see cref="HubOptions.MaxTimeStep"/>).
/// </summary>
internal sealed class HubClock
{
    private static readonly TimeSpan SystemMaxStep = TimeSpan.FromSeconds(1);

    private readonly long _maxStep;
    private readonly double _ticksPerStamp;
    private readonly double _stampsPerTick;
    private long _lastStamp;

    internal HubClock(HubOptions options)
    {
        Provider = options.TimeProvider;
        IsSystem = ReferenceEquals(Provider, TimeProvider.System);
        _maxStep = (options.MaxTimeStep ?? (IsSystem ? SystemMaxStep : TimeSpan.MaxValue)).Ticks;
        _ticksPerStamp = (double)TimeSpan.TicksPerSecond / Provider.TimestampFrequency;
        _stampsPerTick = 1 / _ticksPerStamp;
        _lastStamp = Provider.GetTimestamp();
    }

    internal bool IsSystem { get; }

    internal TimeProvider Provider { get; }

    internal long Now { get; private set; }

    /// <summary>The clock's value after a duration: never for zero or less, and for what lies beyond the clock's range.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // connections set several deadlines a request
    internal long DueAfter(TimeSpan duration) =>
        duration > TimeSpan.Zero && duration.Ticks < EntryTable.NoDeadline - Now ? Now + duration.Ticks : EntryTable.NoDeadline;

    internal void Update()
    {
        long stamp = Provider.GetTimestamp();
        long step = (long)((stamp - _lastStamp) * _ticksPerStamp);
        if (step <= 0)
            return;

        // The part of a tick that is left counts at the next look: a busy hub looks so often that it would run slow.
        _lastStamp = step > _maxStep ? stamp : _lastStamp + (long)(step * _stampsPerTick);
        Now += Math.Min(step, _maxStep);
    }
}
