namespace AsyncServer.Bench;

/// <summary>What one round showed of one server.</summary>
/// <param name="Values">Each in its quantity's unit; what a workload does not measure is not there.</param>
/// <param name="Errors">Socket errors and answers that are wrong.</param>
internal sealed record Reading(IReadOnlyDictionary<Quantity, double> Values, long Errors = 0)
{
    private const double Megabyte = 1024 * 1024;

    public static Reading Of(Round round, ServerProcess server) => new(
        new Dictionary<Quantity, double>
        {
            [Quantity.Rate] = round.Load.RequestsPerSecond,
            [Quantity.Cpu] = round.CpuMicrosecondsPerRequest,
            [Quantity.MachineCpu] = round.MachineMicrosecondsPerRequest,
            [Quantity.P50] = round.Load.Median.TotalMicroseconds,
            [Quantity.P99] = round.Load.P99.TotalMicroseconds,
            [Quantity.Resident] = server.ResidentBytes / Megabyte,
        },
        round.Load.Errors);

    public Reading With(Quantity quantity, double value) => this with
    {
        Values = new Dictionary<Quantity, double>(Values) { [quantity] = value },
    };
}
