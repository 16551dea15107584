using System.Globalization;
using System.Text.RegularExpressions;

namespace AsyncServer.Bench;

/// <summary><c>wrk</c>, the load generator, with one thread.</summary>
internal sealed partial class Wrk(string path, int connections) : ILoad
{
    public string Unit => "request";

    public string Description => $"wrk, 1 thread, {connections} connections, GET {path}";

    /// <exception cref="SetupException">wrk is missing, failed, or printed what we do not know.</exception>
    public async Task<LoadResult> RunAsync(ServerProcess server, TimeSpan duration, CancellationToken cancellation)
    {
        string[] arguments = ["-t1", $"-c{connections}", $"-d{duration.TotalSeconds}s", "--latency", server.Uri(path).ToString()];
        return Parse(await ChildProcess.RunAsync("wrk", arguments, "Install it, on Debian: apt install wrk.", cancellation));
    }

    public async Task<int> AnswerSizeAsync(ServerProcess server, CancellationToken cancellation)
    {
        using var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancellation);
        var answer = await connection.AskAsync(ClientConnection.Get(server.EndPoint, path), cancellation);
        return answer.Status == 200
            ? answer.Size
            : throw new SetupException($"{server.Name} answers {path} with status {answer.Status}");
    }

    internal static LoadResult Parse(string output)
    {
        string Value(Regex expression) => expression.Match(output) is { Success: true } match
            ? match.Groups[1].Value
            : throw new SetupException($"wrk printed no {expression}\n{output}");

        long errors = SocketErrors().Match(output).Groups.Values.Concat(StatusErrors().Match(output).Groups.Values)
            .Where(group => group.Success && group.Name != "0")
            .Sum(group => Whole(group.Value));
        return new LoadResult(
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
