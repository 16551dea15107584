using System.CommandLine;
using System.Net;
using AsyncServer.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AsyncServer;

/// <summary>Runs the server that the command line asks for, from its first line on the console to the exit code.</summary>
internal static class Serving
{
    private const int ExitFailed = 1;

    internal static async Task<int> RunAsync(Options options, ParseResult arguments)
    {
        using var logging = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(arguments.GetValue(options.LogLevel))
            .AddSimpleConsole(static console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff ";
                console.ColorBehavior = LoggerColorBehavior.Default;
            })
            .Services.Configure<ConsoleLoggerOptions>(static console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite));
        string root = arguments.GetValue(options.Root)!;
        try
        {
            await using var server = new HttpServer(ToServerOptions(options, arguments, logging));
            SampleApps.Map(server.Routes, TimeProvider.System);
            await server.StartAsync();
            Announce(server, root);
            int cut = await server.RunAsync();
            return cut == 0 ? 0 : ExitFailed;
        }
        catch (Exception exception) when (exception is ListenException or DirectoryNotFoundException or PlatformNotSupportedException)
        {
            await Console.Error.WriteLineAsync($"asyncserver: {exception.Message}");
            return ExitFailed;
        }
    }

    private static void Announce(HttpServer server, string root)
    {
        foreach (var endPoint in server.EndPoints)
            Console.WriteLine($"AsyncServer listens on {endPoint}: http://{Browsable((IPEndPoint)endPoint)}/");
        Console.WriteLine($"Files from {Path.GetFullPath(root)}; {server.Hubs.Hubs.Count} {(server.Hubs.Hubs.Count == 1 ? "hub" : "hubs")}; process {Environment.ProcessId}.");
        Console.WriteLine("Press Ctrl+C to stop, or send SIGTERM; a second time to stop at once.");
    }

    // A wildcard is nothing that a browser could open.
    private static string Browsable(IPEndPoint endPoint) =>
        endPoint.Address.Equals(IPAddress.Any) || endPoint.Address.Equals(IPAddress.IPv6Any) ? $"localhost:{endPoint.Port}" : endPoint.ToString();

    private static HttpServerOptions ToServerOptions(Options options, ParseResult arguments, ILoggerFactory logging)
    {
        TimeSpan Seconds(Option<double> option) => TimeSpan.FromSeconds(arguments.GetValue(option));
        return new HttpServerOptions
        {
            Port = arguments.GetValue(options.Port),
            EndPoints = arguments.GetValue(options.Bind) ?? [],
            Root = arguments.GetValue(options.Root),
            Hubs = arguments.GetValue(options.Hubs),
            Backlog = arguments.GetValue(options.Backlog),
            ShutdownTimeout = Seconds(options.ShutdownTimeout),
            SendServerHeader = !arguments.GetValue(options.NoServerHeader),
            LoggerFactory = logging,
            Limits = new HttpLimits
            {
                MaxRequestLineSize = arguments.GetValue(options.MaxRequestLineSize),
                MaxRequestHeadersTotalSize = arguments.GetValue(options.MaxHeadersSize),
                MaxRequestHeaderCount = arguments.GetValue(options.MaxHeaderCount),
                MaxRequestBodySize = arguments.GetValue(options.MaxBodySize),
                MaxConnections = arguments.GetValue(options.MaxConnections),
                MaxRequestsPerConnection = arguments.GetValue(options.MaxRequestsPerConnection),
                ReceiveTimeout = Seconds(options.ReceiveTimeout),
                KeepAliveTimeout = Seconds(options.KeepAliveTimeout),
                RequestHeadersTimeout = Seconds(options.HeadersTimeout),
                RequestBodyTimeout = Seconds(options.BodyTimeout),
                SendTimeout = Seconds(options.SendTimeout),
                RequestTimeout = Seconds(options.RequestTimeout),
            },
        };
    }
}
