using System.Net;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>Every line that the library logs.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(1, LogLevel.Debug, "Listening on {EndPoint}")]
    internal static partial void Listening(this ILogger logger, EndPoint endPoint);

    [LoggerMessage(2, LogLevel.Information, "Stopping: {Connections} connections are open; requests in flight have {Seconds} s to finish")]
    internal static partial void Draining(this ILogger logger, int connections, double seconds);

    [LoggerMessage(3, LogLevel.Information, "Stopped after {Seconds:0.0} s: all {Finished} connections finished")]
    internal static partial void Stopped(this ILogger logger, double seconds, int finished);

    [LoggerMessage(4, LogLevel.Warning,
        "Stopped after {Seconds:0.0} s: {Finished} connections finished; {Cut} connections did not finish in time and were cut off")]
    internal static partial void StoppedWithCuts(this ILogger logger, double seconds, int finished, int cut);

    [LoggerMessage(5, LogLevel.Error, "A hub did not stop: an app is holding its thread")]
    internal static partial void HubHangs(this ILogger logger);

    [LoggerMessage(10, LogLevel.Debug, "Refused a message from {Remote} with {Status}: {Reason}")]
    internal static partial void RequestRefused(this ILogger logger, EndPoint? remote, int status, string reason);

    [LoggerMessage(11, LogLevel.Error, "{Method} {Path} failed in the app (request {RequestId})")]
    internal static partial void AppFailed(this ILogger logger, string method, string path, string requestId, Exception exception);

    [LoggerMessage(12, LogLevel.Debug, "{Method} {Path} was abandoned: the client has gone")]
    internal static partial void RequestAbandoned(this ILogger logger, string method, string path);

    [LoggerMessage(13, LogLevel.Error,
        "{Method} {Path}: the app wrote less than the Content-Length that it gave; the connection was cut off")]
    internal static partial void ResponseTooShort(this ILogger logger, string method, string path);

    [LoggerMessage(14, LogLevel.Warning, "{Method} {Path} from {Remote} was cut off by the stop after {Age}, {Phase}: {Reason}")]
    internal static partial void RequestCut(this ILogger logger, string method, string path, EndPoint? remote, TimeSpan age, string phase,
        string reason);

    [LoggerMessage(15, LogLevel.Warning, "{Method} {Path} did not end in time and was cut off (phase: {Phase})")]
    internal static partial void RequestTimedOut(this ILogger logger, string method, string path, string phase);

    [LoggerMessage(16, LogLevel.Error, "{Method} {Path}: {Text}")]
    internal static partial void AppWroteError(this ILogger logger, string method, string path, string text);

    [LoggerMessage(17, LogLevel.Error, "The failure handler failed for request {RequestId}")]
    internal static partial void FailureHandlerFailed(this ILogger logger, string requestId, Exception exception);

    [LoggerMessage(18, LogLevel.Warning,
        "Finished answers to {Remote} were cut off by the stop after {Age}, waiting for the client to read: {Reason}")]
    internal static partial void AnswersCut(this ILogger logger, EndPoint? remote, TimeSpan age, string reason);

    [LoggerMessage(19, LogLevel.Information, "{Method} {Path}: the client took the response too slowly and was cut off (phase: {Phase})")]
    internal static partial void ClientTooSlow(this ILogger logger, string method, string path, string phase);

    [LoggerMessage(20, LogLevel.Error, "A connection from {Remote} failed because of a server bug")]
    internal static partial void ConnectionFailed(this ILogger logger, EndPoint? remote, Exception exception);

    [LoggerMessage(21, LogLevel.Error, "The {Coroutine} failed and nobody awaits it")]
    internal static partial void CoroutineFailed(this ILogger logger, Coroutine? coroutine, Exception exception);

    [LoggerMessage(22, LogLevel.Warning, "Accepting on {EndPoint} pauses for {Pause}: {Reason}")]
    internal static partial void AcceptPaused(this ILogger logger, EndPoint? endPoint, TimeSpan pause, string reason);

    [LoggerMessage(23, LogLevel.Warning, "The {Coroutine} was killed but did not end within {Grace}; giving up on it")]
    internal static partial void CoroutineAbandoned(this ILogger logger, Coroutine coroutine, TimeSpan grace);

    [LoggerMessage(24, LogLevel.Warning, "Hub {Hub} has been blocked for {Duration} by {Holder}; its other connections are waiting")]
    internal static partial void HubBlocked(this ILogger logger, int hub, string holder, TimeSpan duration);

    [LoggerMessage(25, LogLevel.Warning, "Hub {Hub} resumed after being blocked for {Duration} by {Holder}")]
    internal static partial void HubFreed(this ILogger logger, int hub, TimeSpan duration, string holder);

    [LoggerMessage(30, LogLevel.Warning, "The access log {Path} lost {Lines} lines: {Reason}")]
    internal static partial void AccessLogLinesLost(this ILogger logger, string path, long lines, string reason);

    [LoggerMessage(31, LogLevel.Error, "The access log could not be reopened and stays in its old file: {Reason}")]
    internal static partial void AccessLogNotReopened(this ILogger logger, string reason);

    [LoggerMessage(32, LogLevel.Warning, "The last lines of the access log {Path} could not be written and are lost")]
    internal static partial void AccessLogHangs(this ILogger logger, string path);

    [LoggerMessage(33, LogLevel.Warning,
        "Overloaded: {Refused} connections and requests were answered with 503 since this was last logged")]
    internal static partial void Overloaded(this ILogger logger, int refused);

    [LoggerMessage(34, LogLevel.Warning, "Memory is short: {Used} of {Limit} MB in use; answering requests with 503 until that eases")]
    internal static partial void MemoryShort(this ILogger logger, long used, long limit);

    [LoggerMessage(35, LogLevel.Information, "Memory pressure has eased: {Used} of {Limit} MB in use")]
    internal static partial void MemorySuffices(this ILogger logger, long used, long limit);
}
