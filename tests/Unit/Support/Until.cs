using System.Diagnostics;

namespace AsyncServer.Unit.Support;

/// <summary>Waits for what the kernel or another thread is about to do and gives no event for.</summary>
internal static class Until
{
    /// <summary>The task, or a failure after a time that only a broken test takes.</summary>
    internal static Task Soon(this Task task) => task.WaitAsync(TestHub.Patience, TestContext.Current.CancellationToken);

    /// <inheritdoc cref="Soon(Task)"/>
    internal static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(TestHub.Patience, TestContext.Current.CancellationToken);

    internal static async Task TrueAsync(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TestHub.Patience, $"never: {what}");
            await Task.Yield();
        }
    }
}
