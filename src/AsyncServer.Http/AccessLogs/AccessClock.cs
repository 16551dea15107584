using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>The time of day in the forms of the log, rebuilt when the wall clock reaches a new second.</summary>
internal sealed class AccessClock(TimeProvider time)
{
    private const int MillisecondsPerSecond = 1000;

    private long _began = long.MinValue;
    private byte[] _local = [];
    private byte[] _universal = [];

    /// <summary><c>[20/Nov/2026:12:00:00 +0000]</c>, as Apache has it.</summary>
    /// <param name="timestamp">Now, of the same time provider.</param>
    internal ReadOnlySpan<byte> Local(long timestamp)
    {
        Update(timestamp);
        return _local;
    }

    /// <summary><c>2026-11-20T12:00:00</c> in universal time, and the milliseconds that have passed since.</summary>
    /// <param name="timestamp">Now, of the same time provider.</param>
    /// <param name="milliseconds">0 to 999.</param>
    internal ReadOnlySpan<byte> Universal(long timestamp, out int milliseconds)
    {
        Update(timestamp);
        milliseconds = (int)((timestamp - _began) * MillisecondsPerSecond / time.TimestampFrequency);
        return _universal;
    }

    private void Update(long timestamp)
    {
        if (_began != long.MinValue && timestamp >= _began && timestamp - _began < time.TimestampFrequency)
            return;
        var now = time.GetLocalNow();
        double passed = (double)(now.Ticks % TimeSpan.TicksPerSecond) / TimeSpan.TicksPerSecond;
        _began = timestamp - (long)(passed * time.TimestampFrequency);
        string offset = now.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        _local = Encoding.ASCII.GetBytes(now.ToString("[dd/MMM/yyyy:HH:mm:ss ", CultureInfo.InvariantCulture) + offset + "]");
        _universal = Encoding.ASCII.GetBytes(now.UtcDateTime.ToString("s", CultureInfo.InvariantCulture));
    }
}
