using System.Numerics;

namespace AsyncServer.Load;

/// <summary>
/// Counts durations in buckets that grow with them, as HdrHistogram does: each power of two of microseconds is cut into equal parts, so
/// that a percentile is at most <see cref="RelativeError"/> above the true one, in fixed memory whatever comes.
/// </summary>
internal sealed class Histogram
{
    /// <summary>
    /// How far a reported duration may lie above the recorded one, as a part of it; below <c>2 * Parts</c> microseconds it is exact.
    /// </summary>
    public const double RelativeError = 1.0 / Parts;

    private const int PartBits = 7;
    private const int Parts = 1 << PartBits;

    // 2^36 microseconds are 19 hours; what took longer counts as that.
    private const int MostBits = 36;
    private const long Most = (1L << MostBits) - 1;

    private readonly long[] _counts = new long[IndexOf(Most) + 1];
    private long _largest;
    private double _sum;

    /// <summary>How many durations were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The longest, in whole microseconds; zero when there is none.</summary>
    public TimeSpan Max => TimeSpan.FromMicroseconds(_largest);

    /// <summary>The arithmetic mean; zero when there is none.</summary>
    public TimeSpan Mean => Count == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(_sum / Count);

    /// <summary>Counts one; what is below zero counts as zero.</summary>
    public void Record(TimeSpan duration)
    {
        long microseconds = Math.Clamp((long)Math.Ceiling(duration.TotalMicroseconds), 0, Most);
        _counts[IndexOf(microseconds)]++;
        Count++;
        _sum += microseconds;
        _largest = Math.Max(_largest, microseconds);
    }

    /// <summary>Adds all that another has counted.</summary>
    public void Merge(Histogram other)
    {
        for (int index = 0; index < _counts.Length; index++)
            _counts[index] += other._counts[index];
        Count += other.Count;
        _sum += other._sum;
        _largest = Math.Max(_largest, other._largest);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
        _sum = 0;
        _largest = 0;
    }

    /// <summary>The duration that this part of all did not exceed; zero when there is none.</summary>
    /// <param name="percent">Above 0, at most 100.</param>
    public TimeSpan Percentile(double percent)
    {
        long rank = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        long seen = 0;
        for (int index = 0; index < _counts.Length; index++)
        {
            seen += _counts[index];
            if (seen >= rank)
                return TimeSpan.FromMicroseconds(Math.Min(LargestIn(index), _largest));
        }
        return TimeSpan.Zero;
    }

    private static int IndexOf(long value)
    {
        // Below 2 * Parts the shift is zero and each value has a bucket of its own.
        int shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - PartBits);
        return shift * Parts + (int)(value >> shift);
    }

    private static long LargestIn(int index)
    {
        int shift = Math.Max(0, index / Parts - 1);
        return ((index - shift * Parts + 1L) << shift) - 1;
    }
}
