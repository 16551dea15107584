using System.Diagnostics;
using System.Globalization;
using AsyncServer.Runtime;

namespace AsyncServer.Bench;

/// <summary>
/// Measures coroutines and the pool in turns, in this process; this program, started once more, since the whole process is what is
/// measured.
/// </summary>
internal static class CoroutineProgram
{
    public const string Verb = "measure-coroutines";

    // A method reaches its last tier after 30 calls, 100 ms in which no new method came, and one more such pass with counters in it.
    // All cases are warmed up twice: later ones recompile what earlier ones share with them.
    private const int WarmUps = 2;
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);

    /// <summary>One process that measures and prints its rounds.</summary>
    /// <returns>What it printed.</returns>
    public static Task<string> StartAsync(string? only, int rounds, TimeSpan duration, CancellationToken cancellation) =>
        StartedProcess.RunAsync(
        "dotnet",
        [
            typeof(CoroutineProgram).Assembly.Location, Verb, rounds.ToString(CultureInfo.InvariantCulture),
            duration.TotalMilliseconds.ToString(CultureInfo.InvariantCulture), only ?? "",
        ],
        "It runs this program.", cancellation);

    public static async Task<int> RunAsync(int rounds, TimeSpan duration, string only, TextWriter output)
    {
        var hub = new Hub();
        hub.Start();
        Subject[] subjects = [.. CoroutineCase.Select(only).SelectMany(one => (Subject[])
        [
            new(one, turns => one.RunOnPool(turns)),
            new(one, turns => one.RunOnHub(hub, turns)),
        ])];
        for (int i = 0; i < WarmUps; i++)
        {
            foreach (var subject in subjects)
                await subject.WarmUpAsync(WarmUp, duration);
        }
        for (int i = 0; i < rounds; i++)
        {
            foreach (var pair in subjects.Chunk(2))
            {
                var pool = await pair[0].MeasureAsync();
                var ours = await pair[1].MeasureAsync();
                await output.WriteLineAsync(CoroutineCost.Format(pair[0].Case.Title, ours, pool));
            }
        }
        await hub.Stop();
        return 0;
    }

    /// <summary>A case on one of the two.</summary>
    private sealed class Subject(CoroutineCase one, Func<int, Task> run)
    {
        private int _turns = CoroutineCase.Unit;

        public CoroutineCase Case => one;

        public async Task WarmUpAsync(TimeSpan warmUp, TimeSpan duration)
        {
            long begin = Stopwatch.GetTimestamp();
            var last = TimeSpan.Zero;
            while (Stopwatch.GetElapsedTime(begin) < warmUp)
            {
                long stamp = Stopwatch.GetTimestamp();
                await run(CoroutineCase.Unit);
                last = Stopwatch.GetElapsedTime(stamp);
            }
            _turns = CoroutineCase.Unit * (int)Math.Max(1, duration / last);
        }

        public async Task<CoroutineCost> MeasureAsync()
        {
            GC.Collect(); // the garbage of the one is not the other's to collect
            long bytes = GC.GetTotalAllocatedBytes(precise: true);
            var cpu = ProcessCpuClock.Read(Environment.ProcessId);
            long stamp = Stopwatch.GetTimestamp();
            await run(_turns);
            var elapsed = Stopwatch.GetElapsedTime(stamp);
            cpu = ProcessCpuClock.Read(Environment.ProcessId) - cpu;
            bytes = GC.GetTotalAllocatedBytes(precise: true) - bytes;
            return new CoroutineCost(cpu.TotalNanoseconds / _turns, elapsed.TotalNanoseconds / _turns, (double)bytes / _turns);
        }
    }
}
