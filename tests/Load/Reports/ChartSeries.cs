namespace AsyncServer.Load;

/// <summary>One line of a <see cref="LineChart"/>.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">From left to right. A Y that is not a number leaves a gap.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points);
