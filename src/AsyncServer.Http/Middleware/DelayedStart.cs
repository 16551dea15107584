namespace AsyncServer.Http;

/// <summary>
/// Keeps what an app says to start_response until the app has returned its body or writes, so that middleware decides when it knows
/// more. PEP 3333 lets middleware wait until the first piece of the body.
/// </summary>
internal sealed class DelayedStart(StartResponse start)
{
    private (string Status, IReadOnlyList<(string Name, string Value)> Headers, Exception? ExcInfo)? _kept;
    private bool _isReleased;
    private WriteBody? _write;

    /// <summary>What the app is given.</summary>
    internal WriteBody Start(string status, IReadOnlyList<(string Name, string Value)> headers, Exception? excInfo)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(headers);
        if (_isReleased)
        {
            _write = start(status, headers, excInfo);
            return WriteAsync;
        }
        if (_kept is not null && excInfo is null)
            throw new InvalidOperationException("start_response was called a second time without excInfo (PEP 3333).");
        ResponseStart.Check(status, headers); // here, where the app sees it
        _kept = (status, [.. headers], excInfo);
        return WriteAsync;
    }

    /// <summary>Passes on what was kept, and from now on everything at once.</summary>
    internal void Release()
    {
        if (_isReleased)
            return;
        _isReleased = true;
        if (_kept is var (status, headers, excInfo))
            _write = start(status, headers, excInfo);
    }

    private ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
            return ValueTask.CompletedTask;
        Release();
        return _write!(data);
    }
}
