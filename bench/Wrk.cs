using System.Globalization;
using System.Text.RegularExpressions;

namespace AsyncServer.Bench;

/// <summary><c>wrk</c>, the load generator, with one thread.</summary>
internal sealed partial record Wrk(string Path, int Connections) : ILoad
{
    /// <summary>Longer than any answer of a healthy server takes; wrk counts those beyond as errors.</summary>
    private const int TimeoutSeconds = 10;

    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>A script for wrk and its arguments; empty for plain GETs.</summary>
    public IReadOnlyList<string> Script { get; init; } = [];

    /// <summary>The body of a POST; null for a GET.</summary>
    public string? Body { get; init; }

    /// <summary>The status that every answer should have.</summary>
    public int Status { get; init; } = 200;

    public string Unit => "request";

    public string Description => $"wrk, 1 thread, {Connections} connections, {(Body is null ? "GET" : "POST")} {Path}";

    /// <exception cref="SetupException">wrk is missing, failed, or printed what we do not know.</exception>
    public async Task<LoadResult> RunAsync(ServerProcess server, TimeSpan duration, CancellationToken cancellation) =>
        Parse(await StartedProcess.RunAsync(
            "wrk", ArgumentsFor(server.Uri(Path), duration), "Install it, on Debian: apt install wrk.", cancellation));

    public async Task<int> AnswerSizeAsync(ServerProcess server, CancellationToken cancellation)
    {
        using var connection = await ClientConnection.ConnectAsync(server.EndPoint, cancellation);
        var answer = await connection.AskAsync(ClientConnection.Request(server.EndPoint, Path, Headers, Body), cancellation);
        return answer.Status == Status
            ? answer.Size
            : throw new SetupException($"{server.Name} answers {Path} with status {answer.Status}");
    }

    internal IEnumerable<string> ArgumentsFor(Uri address, TimeSpan duration) =>
    [
        "-t1", $"-c{Connections}", $"-d{duration.TotalSeconds:F0}s", "--timeout", $"{TimeoutSeconds}s", "--latency",
        .. Headers.SelectMany(header => (string[])["-H", header]),
        .. Script.Take(1).SelectMany(script => (string[])["-s", script]),
        address.ToString(),
        .. Script.Count > 1 ? ["--", .. Script.Skip(1)] : Array.Empty<string>(),
    ];

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
