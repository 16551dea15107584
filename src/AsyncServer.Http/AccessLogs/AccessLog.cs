using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>
/// The access log of a server: a thread of its own writes what the hubs have gathered. Lines that the disk or the reader does not take are
/// dropped and counted; the requests go on.
/// </summary>
internal sealed class AccessLog
{
    // How long lines are gathered, unless a buffer is half full: one write for many lines costs little.
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan ReportInterval = TimeSpan.FromMinutes(1);

    private readonly AccessLogOptions _options;
    private readonly AccessLogFormat _format;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<AccessLogBuffer> _buffers = [];
    private readonly Lazy<AccessLogBuffer> _shared;

    // What the writer is asked to do.
    private readonly object _gate = new();
    private bool _hasWork;
    private bool _mustHurry;
    private bool _mustReopen;
    private bool _mustEnd;

    // The writer's.
    private AccessLogWriter _writer;
    private long _lost;
    private long? _reported;

    private AccessLog(AccessLogOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _format = AccessLogFormat.Parse(options.Format);
        _time = time;
        _logger = logger;
        _writer = new AccessLogWriter(OpenFile());
        _shared = new Lazy<AccessLogBuffer>(CreateBuffer);
    }

    /// <summary>For all hubs that come and go with their connections: a buffer for each would outweigh them.</summary>
    internal AccessLogBuffer SharedBuffer => _shared.Value;

    /// <summary>Whether lines have ids of requests, which clients are told then.</summary>
    internal bool SendsRequestId => _format.HasRequestId;

    /// <exception cref="IOException">The file cannot be written.</exception>
    internal static AccessLog Open(AccessLogOptions options, TimeProvider time, ILogger logger)
    {
        var log = new AccessLog(options, time, logger);
        new Thread(log.Run) { IsBackground = true, Name = "access log" }.UnsafeStart();
        return log;
    }

    internal AccessLogBuffer CreateBuffer()
    {
        var buffer = new AccessLogBuffer(this, _format, _time);
        lock (_buffers)
            _buffers.Add(buffer);
        return buffer;
    }

    /// <summary>Has lines written soon, or at once; any thread may call it.</summary>
    internal void Wake(bool hurry) => Ask(ref _hasWork, hurry);

    /// <summary>Goes on in a new file of the same name. Lines so far go to the old one, wherever that has been moved.</summary>
    internal void Reopen() => Ask(ref _mustReopen, hurry: true);

    /// <summary>Writes what is there, within a time limit, and closes the file.</summary>
    internal async Task CloseAsync(TimeSpan patience)
    {
        Ask(ref _mustEnd, hurry: true);
        try
        {
            await _ended.Task.WaitAsync(patience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.AccessLogHangs(_options.Path);
        }
    }

    private void Run()
    {
        while (true)
        {
            var (mustReopen, mustEnd) = WaitForWork();
            WriteAll(); // before the file changes: lines of requests from before the signal belong to the old one
            if (mustReopen)
                ReopenFile();
            if (mustEnd)
                break;
            Report(isLast: false);
        }
        _lost += _writer.Close();
        Report(isLast: true);
        _ended.SetResult();
    }

    private void Ask(ref bool question, bool hurry)
    {
        lock (_gate)
        {
            if (question && (_mustHurry || !hurry))
                return;
            question = _hasWork = true;
            _mustHurry |= hurry;
            Monitor.Pulse(_gate);
        }
    }

    private (bool MustReopen, bool MustEnd) WaitForWork()
    {
        lock (_gate)
        {
            if (!_hasWork)
                Monitor.Wait(_gate, _lost > 0 ? ReportInterval : Timeout.InfiniteTimeSpan);
            if (!_mustHurry)
                Monitor.Wait(_gate, Gathering);
            var answer = (_mustReopen, _mustEnd);
            _hasWork = _mustHurry = _mustReopen = false;
            return answer;
        }
    }

    private void WriteAll()
    {
        AccessLogBuffer[] buffers;
        lock (_buffers)
            buffers = [.. _buffers];
        foreach (var buffer in buffers)
        {
            var lines = buffer.Take(out long lost);
            _lost += lost + _writer.Write(lines.Span);
        }
    }

    private void ReopenFile()
    {
        if (_options.Path == AccessLogOptions.StandardOutput)
            return;
        try
        {
            var file = OpenFile();
            _lost += _writer.Close();
            _writer = new AccessLogWriter(file) { Error = _writer.Error };
        }
        catch (IOException exception)
        {
            _logger.AccessLogNotReopened(exception.Message); // the old one still takes lines
        }
    }

    private void Report(bool isLast)
    {
        long now = _time.GetTimestamp();
        if (_lost == 0 || (!isLast && _reported is { } last && _time.GetElapsedTime(last, now) < ReportInterval))
            return;
        _logger.AccessLogLinesLost(_options.Path, _lost, _writer.Error ?? "it takes them too slowly");
        _lost = 0;
        _writer.Error = null;
        _reported = now;
    }

    private AppendFile OpenFile() =>
        _options.Path == AccessLogOptions.StandardOutput ? AppendFile.StandardOutput() : AppendFile.Open(_options.Path);
}
