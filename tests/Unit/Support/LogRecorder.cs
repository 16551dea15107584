using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Unit.Support;

/// <summary>Keeps what is logged, so that tests can say what the operator sees.</summary>
internal sealed class LogRecorder : ILoggerFactory, ILogger
{
    internal ConcurrentQueue<(LogLevel Level, EventId Id, string Text, Exception? Exception)> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((logLevel, eventId, formatter(state, exception), exception));

    public void Dispose() { }
}
