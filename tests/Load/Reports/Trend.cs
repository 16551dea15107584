namespace AsyncServer.Load;

/// <summary>The straight line that lies closest to samples (least squares).</summary>
internal static class Trend
{
    /// <summary>How much a value rises in a minute; zero for less than two moments.</summary>
    public static double PerMinute(IEnumerable<(TimeSpan At, double Value)> samples)
    {
        var points = samples.Select(sample => (X: sample.At.TotalMinutes, Y: sample.Value)).ToArray();
        if (points.Length == 0)
            return 0;
        double meanX = points.Average(point => point.X), meanY = points.Average(point => point.Y);
        double spread = points.Sum(point => (point.X - meanX) * (point.X - meanX));
        return spread == 0 ? 0 : points.Sum(point => (point.X - meanX) * (point.Y - meanY)) / spread;
    }
}
