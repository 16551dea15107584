using System.Globalization;
using AsyncServer.Runtime;

namespace AsyncServer.Micro;

/// <summary>Resident memory of very many coroutines that sleep at the same time.</summary>
internal static class SleepersRun
{
    private const int DefaultCount = 1_000_000;

    // The bound for a million of them: a gevent greenlet takes several KB.
    private const int MaxBytesEach = 700;

    private static readonly TimeSpan Nap = TimeSpan.FromHours(1);

    internal static int Run(string[] args)
    {
        if (args is not [] and not [_]
            || !int.TryParse(args is [var text] ? text : $"{DefaultCount}", NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            Console.Error.WriteLine("usage: sleepers [COUNT]");
            return 2;
        }
        var hub = new Hub();
        hub.Start(); // its thread ends with the process: nobody waits for the sleepers
        hub.InvokeAsync(static () => SpawnAsync(1000)).GetAwaiter().GetResult();
        long before = ResidentBytes();
        hub.InvokeAsync(() => SpawnAsync(count)).GetAwaiter().GetResult();
        long after = ResidentBytes();
        double each = (double)(after - before) / count;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:N0} sleeping coroutines: {(after - before) / 1e6:N0} MB more resident, {each:N0} bytes each; {after / 1e6:N0} MB "
                + $"in all"));
        return each <= MaxBytesEach ? 0 : 1;
    }

    private static async Task SpawnAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _ = Coroutine.Spawn(static async () => await Coroutine.Sleep(Nap));
            if (i % 1000 == 0)
                await Coroutine.Yield(); // they fall asleep as they come
        }
        await Coroutine.Yield();
    }

    private static long ResidentBytes()
    {
        string line = File.ReadLines("/proc/self/smaps_rollup").First(static line => line.StartsWith("Rss:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;
    }
}
