namespace AsyncServer.Load;

/// <summary>When requests are due while their rate changes evenly from one value to another, or stays.</summary>
/// <param name="FromRate">Requests a second at the start.</param>
/// <param name="ToRate">Requests a second at the end.</param>
/// <param name="During">How long it lasts.</param>
internal readonly record struct ArrivalSchedule(double FromRate, double ToRate, TimeSpan During)
{
    /// <summary>How many requests are due in all.</summary>
    public long Count => (long)Math.Round((FromRate + ToRate) / 2 * During.TotalSeconds);

    /// <summary>When a request is due, from the start.</summary>
    /// <param name="index">From 0 to <see cref="Count"/>.</param>
    public TimeSpan DueTime(long index)
    {
        // n(t) = FromRate t + slope t^2 / 2, solved for t. In this form it is exact for an even rate too, where the slope is zero.
        double slope = (ToRate - FromRate) / During.TotalSeconds;
        double root = Math.Sqrt(Math.Max(0, FromRate * FromRate + 2 * slope * index));
        return index == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(2 * index / (FromRate + root));
    }
}
