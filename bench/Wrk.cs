using System.Globalization;
using System.Text.RegularExpressions;

namespace AsyncServer.Bench;

/// <summary>One run of <c>wrk</c>, the load generator, with one thread.</summary>
/// <param name="Requests">Answers that wrk counted.</param>
/// <param name="RequestsPerSecond">By wrk's own clock.</param>
/// <param name="Median">The 50th percentile of the latency.</param>
/// <param name="P99">The 99th percentile of the latency.</param>
/// <param name="Errors">Socket errors and answers other than 2xx and 3xx.</param>
internal sealed partial record Wrk(long Requests, double RequestsPerSecond, TimeSpan Median, TimeSpan P99, long Errors)
{
    /// <exception cref="SetupException">wrk is missing, failed, or printed what we do not know.</exception>
    public static async Task<Wrk> RunAsync(Uri uri, int connections, TimeSpan duration, CancellationToken cancellation)
    {
        string[] arguments = ["-t1", $"-c{connections}", $"-d{duration.TotalSeconds}s", "--latency", uri.ToString()];
        return Parse(await ChildProcess.RunAsync("wrk", arguments, "Install it, on Debian: apt install wrk.", cancellation));
    }

    internal static Wrk Parse(string output)
    {
        string Value(Regex expression) => expression.Match(output) is { Success: true } match
            ? match.Groups[1].Value
            : throw new SetupException($"wrk printed no {expression}\n{output}");

        long errors = SocketErrors().Match(output).Groups.Values.Concat(StatusErrors().Match(output).Groups.Values)
            .Where(group => group.Success && group.Name != "0")
            .Sum(group => Whole(group.Value));
        return new Wrk(
            Whole(Value(RequestCount())),
            double.Parse(Value(Rate()), CultureInfo.InvariantCulture),
            Duration(Value(MedianLatency())),
            Duration(Value(P99Latency())),
            errors);
    }

    private static long Whole(string digits) => long.Parse(digits, CultureInfo.InvariantCulture);

    private static TimeSpan Duration(string text)
    {
        string unit = text.TrimStart("0123456789.".ToCharArray());
        double value = double.Parse(text[..^unit.Length], CultureInfo.InvariantCulture);
        return unit switch
        {
            "us" => TimeSpan.FromMicroseconds(value),
            "ms" => TimeSpan.FromMilliseconds(value),
            "s" => TimeSpan.FromSeconds(value),
            "m" => TimeSpan.FromMinutes(value),
            _ => throw new SetupException($"wrk printed a time of {text}"),
        };
    }

    [GeneratedRegex(@"(\d+) requests in ")]
    private static partial Regex RequestCount();

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"\s50%\s+(\S+)")]
    private static partial Regex MedianLatency();

    [GeneratedRegex(@"\s99%\s+(\S+)")]
    private static partial Regex P99Latency();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex SocketErrors();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex StatusErrors();
}
