namespace AsyncServer.Runtime;

/// <summary>
/// A hub's time: ticks of 100 ns since the hub was made, read once per turn. It is monotonic, takes no notice of the wall
/// clock, and advances by a bounded step (see <see cref="HubOptions.MaxTimeStep"/>).
/// </summary>
internal sealed class HubClock
{
    private static readonly TimeSpan SystemMaxStep = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _provider;
    private readonly long _maxStep;
    private readonly double _ticksPerStamp;
    private readonly double _stampsPerTick;
    private long _lastStamp;

    internal HubClock(HubOptions options)
    {
        _provider = options.TimeProvider;
        IsSystem = ReferenceEquals(_provider, TimeProvider.System);
        _maxStep = (options.MaxTimeStep ?? (IsSystem ? SystemMaxStep : TimeSpan.MaxValue)).Ticks;
        _ticksPerStamp = (double)TimeSpan.TicksPerSecond / _provider.TimestampFrequency;
        _stampsPerTick = 1 / _ticksPerStamp;
        _lastStamp = _provider.GetTimestamp();
    }

    internal bool IsSystem { get; }

    internal TimeProvider Provider => _provider;

    internal long Now { get; private set; }

    internal void Update()
    {
        long stamp = _provider.GetTimestamp();
        long step = (long)((stamp - _lastStamp) * _ticksPerStamp);
        if (step <= 0)
            return;

        // The part of a tick that is left counts at the next look: a busy hub looks so often that it would run slow.
        _lastStamp = step > _maxStep ? stamp : _lastStamp + (long)(step * _stampsPerTick);
        Now += Math.Min(step, _maxStep);
    }
}
