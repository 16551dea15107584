using System.Globalization;

namespace AsyncServer.Load;

/// <summary>How requests are spread over time, with NBomber's words for it.</summary>
/// <param name="During">For how long.</param>
internal abstract record LoadSimulation(TimeSpan During)
{
    /// <summary>In a few words, for reports.</summary>
    public abstract string Text { get; }

    /// <summary>Closed model: so many ask, each again as soon as it has its answer.</summary>
    public sealed record KeepConstant(int Copies, TimeSpan During) : LoadSimulation(During)
    {
        public override string Text => $"{Copies} at a time";
    }

    /// <summary>Open model: requests are due at even distances, whether earlier ones are answered or not.</summary>
    public sealed record Inject(double Rate, TimeSpan During) : LoadSimulation(During)
    {
        public override string Text => string.Create(CultureInfo.InvariantCulture, $"{Rate:0.##}/s");
    }

    /// <summary>Open model: the rate rises or falls evenly from that of the simulation before, or from none.</summary>
    public sealed record RampingInject(double Rate, TimeSpan During) : LoadSimulation(During)
    {
        public override string Text => string.Create(CultureInfo.InvariantCulture, $"ramp to {Rate:0.##}/s");
    }
}
