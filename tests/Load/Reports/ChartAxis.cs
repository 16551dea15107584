using System.Globalization;

namespace AsyncServer.Load;

/// <summary>One direction of a chart: which values it spans, where they lie, and where it has marks.</summary>
internal sealed class ChartAxis
{
    private const int MostIntervals = 6;

    // A logarithmic axis of fewer decades than this has marks at 2 and 5 as well.
    private const int FewDecades = 3;

    private readonly bool _logarithmic;
    private readonly double _start;
    private readonly double _end;

    private ChartAxis(bool logarithmic, double start, double end, IReadOnlyList<double> ticks)
    {
        _logarithmic = logarithmic;
        _start = start;
        _end = end;
        Ticks = ticks;
    }

    /// <summary>The values that have a mark, rising.</summary>
    public IReadOnlyList<double> Ticks { get; }

    /// <summary>An axis from zero to at least the largest value.</summary>
    public static ChartAxis Linear(IEnumerable<double> values)
    {
        double largest = values.Where(double.IsFinite).Append(0).Max();
        if (largest <= 0)
            largest = 1;
        double step = Step(largest / MostIntervals);
        int intervals = (int)Math.Ceiling(largest / step - 1e-9);
        return new ChartAxis(logarithmic: false, 0, intervals * step,
            [.. Enumerable.Range(0, intervals + 1).Select(index => index * step)]);
    }

    /// <summary>An axis of whole decades around all values above zero; the others lie at its start.</summary>
    public static ChartAxis Logarithmic(IEnumerable<double> values)
    {
        double[] positive = [.. values.Where(value => double.IsFinite(value) && value > 0).DefaultIfEmpty(1)];
        int first = (int)Math.Floor(Math.Log10(positive.Min()) + 1e-9);
        int last = Math.Max(first + 1, (int)Math.Ceiling(Math.Log10(positive.Max()) - 1e-9));
        double[] within = last - first < FewDecades ? [1, 2, 5] : [1];
        double end = Math.Pow(10, last);
        double[] ticks = [.. Enumerable.Range(first, last - first)
            .SelectMany(decade => within.Select(factor => factor * Math.Pow(10, decade))), end];
        return new ChartAxis(logarithmic: true, Math.Pow(10, first), end, ticks);
    }

    /// <summary>Where a value lies: 0 at the start of the axis, 1 at its end.</summary>
    public double Position(double value)
    {
        double position = _logarithmic
            ? Math.Log(Math.Max(value, _start) / _start) / Math.Log(_end / _start)
            : (value - _start) / (_end - _start);
        return Math.Clamp(position, 0, 1);
    }

    /// <summary>A number as a person reads it: 0.5, 20, 1,000, 250k, 1M.</summary>
    public static string Text(double value) => Math.Abs(value) switch
    {
        >= 1e6 => (value / 1e6).ToString("0.##", CultureInfo.InvariantCulture) + "M",
        >= 1e4 => (value / 1e3).ToString("0.##", CultureInfo.InvariantCulture) + "k",
        >= 1 or 0 => value.ToString("#,0.##", CultureInfo.InvariantCulture),
        _ => value.ToString("0.####", CultureInfo.InvariantCulture),
    };

    private static double Step(double atLeast)
    {
        double decade = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return decade * (atLeast / decade) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
