using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace AsyncServer;

/// <summary>Log lines on the console.</summary>
internal static class ConsoleLogging
{
    /// <param name="least">The least level of lines.</param>
    /// <param name="isSingleLine">An entry on a line for programs; lines as they are for who develops an app.</param>
    /// <param name="name">Which of several processes writes; null for the only one.</param>
    internal static ILoggerFactory Create(LogLevel least, bool isSingleLine, string? name) => LoggerFactory.Create(builder => builder
        .SetMinimumLevel(least)
        .AddSimpleConsole(console =>
        {
            console.SingleLine = isSingleLine;
            console.TimestampFormat = "yyyy-MM-dd HH:mm:ss.fff " + (name is null ? "" : $"'{name}' ");
        })
        .Services.Configure<ConsoleLoggerOptions>(static console => console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite));
}
