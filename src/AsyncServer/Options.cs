using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;
using System.Numerics;
using Microsoft.Extensions.Logging;

namespace AsyncServer;

/// <summary>What the command line knows, with the help that a reader of <c>--help</c> sees.</summary>
internal sealed class Options
{
    private const string NoLimit = " 0 = no limit.";

    internal Argument<int> Port { get; } = new("PORT")
    {
        Description = "Port to listen on, 0 to 65535; 0 has the system choose. Not together with --bind.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = static _ => 8888,
        CustomParser = static result => Parse(result, 0, IPEndPoint.MaxPort),
    };

    internal Option<IPEndPoint[]> Bind { get; } = new("--bind")
    {
        Description = "Address to listen on, such as 127.0.0.1:8888 or [::1]:8888; may be repeated. Default: [::]:PORT for IPv6 and IPv4.",
        HelpName = "ADDRESS:PORT",
        AllowMultipleArgumentsPerToken = false,
        CustomParser = ParseEndPoints,
    };

    internal Option<string> Root { get; } = new("--root")
    {
        Description = "Document root.",
        HelpName = "DIR",
        DefaultValueFactory = static _ => "html",
    };

    internal Option<int> Hubs { get; } = Number("--hubs", "Event loops, each on a thread of its own. 0 = one for each processor.", 0, 0, 1024);

    internal Option<int> Backlog { get; } = Number("--backlog", "Connections that wait to be accepted, on each address.", Runtime.SocketListener.DefaultBacklog, 1);

    internal Option<double> ReceiveTimeout { get; } = Seconds("--receive-timeout", "Caps every wait for a client's bytes: keep-alive, head and body." + NoLimit, 0);

    internal Option<double> KeepAliveTimeout { get; } = Seconds("--keep-alive-timeout", "How long a connection may wait for its next request." + NoLimit, 75);

    internal Option<double> HeadersTimeout { get; } = Seconds("--headers-timeout", "How long a request head may take." + NoLimit, 30);

    internal Option<double> BodyTimeout { get; } = Seconds("--body-timeout", "How long the next piece of a request body may take." + NoLimit, 30);

    internal Option<double> SendTimeout { get; } = Seconds("--send-timeout", "How long a client may take nothing of its response." + NoLimit, 30);

    internal Option<double> RequestTimeout { get; } = Seconds("--request-timeout", "How long an app may work without reading or writing." + NoLimit, 300);

    internal Option<double> ShutdownTimeout { get; } = Seconds("--shutdown-timeout", "How long requests in flight may take once the server stops.", 30);

    internal Option<int> MaxConnections { get; } = Number("--max-connections", "Connections at a time; further ones wait in the backlog." + NoLimit, 0);

    internal Option<int> MaxRequestsPerConnection { get; } = Number("--max-requests-per-connection", "Requests on one connection." + NoLimit, 0);

    internal Option<long> MaxBodySize { get; } = Size("--max-body-size", "Bytes of a request body." + NoLimit, 30_000_000);

    internal Option<int> MaxRequestLineSize { get; } = Number("--max-request-line-size", "Bytes of a request line." + NoLimit, 8 * 1024);

    internal Option<int> MaxHeadersSize { get; } = Number("--max-headers-size", "Bytes of a request's headers together." + NoLimit, 32 * 1024);

    internal Option<int> MaxHeaderCount { get; } = Number("--max-header-count", "Headers of a request." + NoLimit, 100);

    internal Option<bool> NoServerHeader { get; } = new("--no-server-header") { Description = "Leave 'Server: AsyncServer' out of responses." };

    internal Option<LogLevel> LogLevel { get; } = new("--log-level")
    {
        Description = "Least level of log lines: Trace, Debug, Information, Warning, Error, Critical or None.",
        HelpName = "LEVEL",
        DefaultValueFactory = static _ => Microsoft.Extensions.Logging.LogLevel.Information,
        CustomParser = ParseLevel,
    };

    internal void AddTo(RootCommand command)
    {
        command.Arguments.Add(Port);
        Option[] options =
        [
            Bind, Root, Hubs, Backlog, ReceiveTimeout, KeepAliveTimeout, HeadersTimeout, BodyTimeout, SendTimeout, RequestTimeout,
            ShutdownTimeout, MaxConnections, MaxRequestsPerConnection, MaxBodySize, MaxRequestLineSize, MaxHeadersSize, MaxHeaderCount,
            NoServerHeader, LogLevel,
        ];
        foreach (var option in options)
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetResult(Bind) is { Implicit: false } && result.GetResult(Port) is { Tokens.Count: > 0 })
                result.AddError("PORT and --bind cannot both be given.");
        });
    }

    private static Option<int> Number(string name, string description, int standard, int least = 0, int most = int.MaxValue) =>
        Ranged(name, "N", description, standard, least, most);

    private static Option<long> Size(string name, string description, long standard) =>
        Ranged(name, "N", description, standard, 0, long.MaxValue);

    private static Option<double> Seconds(string name, string description, double standard) =>
        Ranged(name, "SECONDS", description, standard, 0, int.MaxValue);

    private static Option<T> Ranged<T>(string name, string helpName, string description, T standard, T least, T most)
        where T : INumber<T> => new(name)
        {
            Description = description,
            HelpName = helpName,
            DefaultValueFactory = _ => standard,
            CustomParser = result => Parse(result, least, most),
        };

    private static T? Parse<T>(ArgumentResult result, T least, T most)
        where T : INumber<T>
    {
        string name = result.Parent is OptionResult option ? option.Option.Name : result.Argument.Name;
        string text = result.Tokens.Count == 0 ? "" : result.Tokens[0].Value;
        if (T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;
        result.AddError(result.Parent is not OptionResult && text.StartsWith('-')
            ? $"there is no option {text}."
            : $"{name}: '{text}' is not a number from {least} to {most}.");
        return default;
    }

    private static LogLevel ParseLevel(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        if (Enum.TryParse(text, ignoreCase: true, out LogLevel level) && !char.IsAsciiDigit(text[0]) && text[0] != '-')
            return level;
        result.AddError($"--log-level: '{text}' is not one of {string.Join(", ", Enum.GetNames<LogLevel>())}.");
        return default;
    }

    private static IPEndPoint[]? ParseEndPoints(ArgumentResult result)
    {
        var endPoints = new List<IPEndPoint>();
        foreach (var token in result.Tokens)
        {
            // IPEndPoint.Parse takes an address without a port, and "8888" as an address: neither is meant.
            bool hasPort = token.Value.LastIndexOf(':') > token.Value.LastIndexOf(']') && token.Value.Contains('.', StringComparison.Ordinal)
                || token.Value.Contains("]:", StringComparison.Ordinal);
            if (hasPort && IPEndPoint.TryParse(token.Value, out var endPoint))
                endPoints.Add(endPoint);
            else
                result.AddError($"--bind: '{token.Value}' is not ADDRESS:PORT, such as 127.0.0.1:8888 or [::1]:8888.");
        }
        return [.. endPoints];
    }
}
