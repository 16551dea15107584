using Microsoft.Extensions.Logging;

namespace AsyncServer.Modules;

/// <summary>
/// Has scripts compiled by this program in another process, one at a time. The process stays for a while, since the next script takes it a
/// tenth of the time; what breaks it down concerns one script, the next one gets a new process.
/// </summary>
internal sealed class Compiler : IDisposable
{
    /// <summary>How long the process stays after its last script: it takes 250 MB.</summary>
    internal static readonly TimeSpan Stay = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turns = new(1);
    private readonly string _folder;
    private readonly bool _isDebug;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationToken _ending;
    private readonly ITimer _end;
    private CompilerProcess? _process;
    private bool _isDisposed;

    internal Compiler(string folder, bool isDebug, TimeProvider time, ILogger logger, CancellationToken ending)
    {
        _folder = folder;
        _isDebug = isDebug;
        _time = time;
        _logger = logger;
        _ending = ending;
        _end = time.CreateTimer(static compiler => ((Compiler)compiler!).EndIdle(), this, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
    }

    /// <summary>Puts what the script compiles to into the cache.</summary>
    /// <returns>The assembly if no cache folder can be written.</returns>
    /// <exception cref="ModuleException">It does not compile; the message has the errors, a line each.</exception>
    /// <exception cref="IOException">The process broke down, which says nothing about the script.</exception>
    /// <exception cref="TimeoutException">The process hangs.</exception>
    /// <exception cref="OperationCanceledException">The server ends.</exception>
    internal async Task<UnstoredModule?> CompileAsync(string name)
    {
        _logger.NotCompiled(name);
        await _turns.WaitAsync(_ending);
        try
        {
            long start = _time.GetTimestamp();
            var unstored = await CompileSoonAsync(name);
            _logger.ModuleCompiled(name, _time.GetElapsedTime(start).TotalMilliseconds);
            return unstored;
        }
        catch (Exception exception) when (exception is not ModuleException)
        {
            End();
            throw;
        }
        finally
        {
            if (_isDisposed)
                End();
            else
                _end.Change(Stay, Timeout.InfiniteTimeSpan);
            _turns.Release();
        }
    }

    /// <summary>Ends the process, unless it is at work: then that is cancelled by the token, which ends it too.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, true);
        _end.Dispose();
        EndIdle();
    }

    private async Task<UnstoredModule?> CompileSoonAsync(string name)
    {
        if (_process is { } kept)
        {
            try
            {
                return await kept.CompileAsync(name, _ending);
            }
            catch (IOException)
            {
                End(); // for a reason from before this script, maybe
            }
        }
        _process = CompilerProcess.Start(_folder, _isDebug, _time);
        _logger.CompilerStarted(_process.Id);
        return await _process.CompileAsync(name, _ending);
    }

    private void EndIdle()
    {
        if (!_turns.Wait(0))
            return;
        End();
        _turns.Release();
    }

    private void End()
    {
        _process?.Dispose();
        _process = null;
    }
}
