using System.Globalization;

namespace AsyncServer.Bench;

/// <summary>A workload's result as it stands on the terminal and on the page.</summary>
internal static class ResultTable
{
    private static readonly string[] RatioPeers = [PeerServers.Floor, PeerServers.Nginx, PeerServers.Kestrel];

    public static void Write(Report report, WorkloadResult result)
    {
        var quantities = result.Quantities;
        if (result.Servers.Count > 0)
            report.Table(
                ["server", .. quantities.Select(quantity => quantity.Title), "errors"],
                result.Servers.Select(server => (FormattableString[])
                [
                    $"{server}", .. quantities.Select(quantity => (FormattableString)$"{Cell(result, server, quantity)}"),
                        $"{result.Errors(server)}",
                ]));
        foreach (string line in Ratios(result))
            report.Line($"- {line}");
        foreach (var (server, reason) in result.Failures)
            report.Line($"- **{server} failed**: {reason}");
    }

    /// <summary>Ours against the floor, nginx and Kestrel, for what the charts show.</summary>
    public static IEnumerable<string> Ratios(WorkloadResult result) =>
        from quantity in result.Workload.Charts
        let ratios = (from peer in RatioPeers
                      let ratio = result.Ratio(quantity, peer)
                      where ratio is not null
                      select Invariant($"÷ {peer} **{ratio.Median:0.00}** ({ratio.Least:0.00} to {ratio.Most:0.00})")).ToArray()
        where ratios.Length > 0
        select $"{quantity.Title}, {result.Workload.Ours} {string.Join(", ", ratios)}";

    /// <summary>The median, with the spread where it says how far to trust it.</summary>
    public static string Cell(WorkloadResult result, string server, Quantity quantity)
    {
        if (result.Of(server, quantity) is not { } samples)
            return "–";
        string median = samples.Median.ToString(quantity.Format, CultureInfo.InvariantCulture);
        return quantity == Quantity.Cpu && samples.Count > 1 ? Invariant($"{median} (±{samples.Spread / 2 * 100:0} %)") : median;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
