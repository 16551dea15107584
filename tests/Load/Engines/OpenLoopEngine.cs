using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>
/// The engine of our own. In the open model a request has a time at which it is due, and its latency counts from there, however late it
/// could leave: a server that stalls for a second answers a second's worth of requests late, and each of them shows it.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class OpenLoopEngine(TimeProvider time) : ILoadEngine
{
    /// <summary>How long after the end of a load answers may still come; clients give a single request up sooner.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(90);

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(50);

    public async Task<IReadOnlyList<LoadResult>> RunAsync(IReadOnlyList<Traffic> kinds, CancellationToken cancellation)
    {
        await using var group = new CoroutineGroup { CancelOnFailure = true };
        var running = kinds.Select(traffic => group.Spawn(() => RunAsync(traffic, cancellation))).ToArray();
        await group.JoinAsync();
        return await Task.WhenAll(running.Select(async coroutine => await coroutine));
    }

    private async Task<LoadResult> RunAsync(Traffic traffic, CancellationToken cancellation)
    {
        await using var running = new Running(traffic, time, cancellation);
        return await running.RunAsync();
    }

    private sealed class Running(Traffic traffic, TimeProvider time, CancellationToken cancellation) : IAsyncDisposable
    {
        private readonly long _started = time.GetTimestamp();
        private readonly LatencyRecorder _latency = new();
        private readonly Tally _tally = new();
        private readonly CoroutineGroup _inFlight = new() { CancelOnFailure = true };
        private long _bytes;

        private TimeSpan Elapsed => time.GetElapsedTime(_started);

        public async Task<LoadResult> RunAsync()
        {
            await AskAllAsync();
            if (!await _inFlight.JoinAsync(Grace))
                _tally.CountErrors($"no answer {Grace.TotalSeconds} s after the end", _inFlight.Count);
            await _inFlight.KillAsync();
            var (total, seconds) = _latency.Summarize();
            return new LoadResult(traffic.Name, traffic.Shape, Elapsed, _tally, _bytes, total, seconds);
        }

        public ValueTask DisposeAsync() => _inFlight.DisposeAsync();

        private async Task AskAllAsync()
        {
            var begin = TimeSpan.Zero;
            double rate = 0;
            foreach (var simulation in traffic.Simulations)
            {
                switch (simulation)
                {
                    case LoadSimulation.Inject inject:
                        rate = inject.Rate;
                        await InjectAsync(begin, new ArrivalSchedule(rate, rate, inject.During));
                        break;
                    case LoadSimulation.RampingInject ramp:
                        await InjectAsync(begin, new ArrivalSchedule(rate, ramp.Rate, ramp.During));
                        rate = ramp.Rate;
                        break;
                    case LoadSimulation.KeepConstant constant:
                        await KeepConstantAsync(constant.Copies, begin + constant.During);
                        break;
                }
                begin += simulation.During;
            }
        }

        private async Task InjectAsync(TimeSpan begin, ArrivalSchedule schedule)
        {
            for (long index = 0; index < schedule.Count; index++)
            {
                var due = begin + schedule.DueTime(index);
                await SleepUntilAsync(due);
                _ = _inFlight.Spawn(() => AskAsync(due));
            }
            await SleepUntilAsync(begin + schedule.During);
        }

        private async Task KeepConstantAsync(int copies, TimeSpan end)
        {
            for (int copy = 0; copy < copies; copy++)
                _ = _inFlight.Spawn(async () =>
                {
                    while (Elapsed < end)
                    {
                        // A server that refuses at once is not asked in a tight loop.
                        if (!await AskAsync(Elapsed))
                            await Coroutine.Sleep(PauseAfterFailure, cancellation);
                    }
                });
            await SleepUntilAsync(end);
        }

        // When it is late it does not sleep, but lets the answers in. A millisecond late must not be handed on: -1 ms means for ever.
        private ValueTask SleepUntilAsync(TimeSpan due) =>
            Coroutine.Sleep(TimeSpan.FromTicks(Math.Max(0, (due - Elapsed).Ticks)), cancellation);

        private async Task<bool> AskAsync(TimeSpan due)
        {
            try
            {
                long bytes = await traffic.Once();
                var now = Elapsed;
                _latency.Record(now - due, now);
                _tally.CountAnswer();
                _bytes += bytes;
                return true;
            }
            catch (Exception failure) when (Traffic.IsFailedAnswer(failure))
            {
                _tally.CountErrors(failure.Message);
                return false;
            }
        }
    }
}
