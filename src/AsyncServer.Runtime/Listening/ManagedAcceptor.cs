using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// Accepts for a <see cref="SocketListener"/> of <see cref="TransportKind.Sockets"/>: one accept is under way while it waits. Its members
/// belong to the hub's thread, where its news arrive too.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The sources have no timers.")]
internal sealed class ManagedAcceptor(Hub hub, Socket socket, Action news)
{
    private CancellationTokenSource? _waiting;
    private Task<Socket>? _accept;
    private bool _isDraining;
    private bool _isClosed;

    /// <summary>The system's accept, so that tests can have it fail.</summary>
    internal Func<CancellationToken, ValueTask<Socket>> Accept { get; init; } = socket.AcceptAsync;

    /// <summary>Whether a connection has been accepted that nobody has taken.</summary>
    internal bool HasArrived => _accept is { IsCompletedSuccessfully: true };

    /// <summary>Whether news will come.</summary>
    internal bool IsWaiting => _accept is { IsCompleted: false };

    /// <summary>Why the last accept failed, in the system's words.</summary>
    internal string Failure { get; private set; } = "";

    /// <summary>Takes a connection, or begins to wait for one.</summary>
    /// <returns>0 or an error number; <see cref="Errno.TryAgain"/> while none is there.</returns>
    internal int TryAccept(out AcceptedSocket accepted)
    {
        accepted = default;
        _accept ??= Begin();
        if (!_accept.IsCompleted)
            return Errno.TryAgain;
        var ended = _accept;
        _accept = null;
        if (!ended.IsCompletedSuccessfully)
            return ToError(ended.Exception?.InnerException);
        accepted = new AcceptedSocket(ended.Result);
        return 0;
    }

    /// <summary>From now on it takes what the backlog holds and does not wait.</summary>
    internal void Drain()
    {
        _isDraining = true;
        _waiting?.Cancel(); // it ends with a connection all the same if it has one
    }

    /// <summary>The socket is closed: what was accepted and not taken goes as well.</summary>
    internal void Close()
    {
        _isClosed = true;
        if (_accept is { IsCompleted: true } ended)
            Drop(ended);
    }

    private Task<Socket> Begin()
    {
        _waiting = new CancellationTokenSource();
        var accept = Accept(_waiting.Token).AsTask();
        if (accept.IsCompleted)
            return accept;
        accept.ContinueWith(ended => hub.Post(() => OnEnded(ended)), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        if (_isDraining)
            _waiting.Cancel();
        return accept;
    }

    private void OnEnded(Task<Socket> ended)
    {
        if (_isClosed)
            Drop(ended);
        else
            news();
    }

    private static void Drop(Task<Socket> ended)
    {
        if (ended.IsCompletedSuccessfully)
            ended.Result.Dispose();
        _ = ended.Exception; // the socket was closed; nobody is to be told
    }

    private int ToError(Exception? failure)
    {
        if (failure is null or OperationCanceledException)
            return Errno.TryAgain; // it drains, and the backlog was empty
        Failure = failure.Message;
        return failure is not SocketException { SocketErrorCode: var error } ? Errno.NotSupported : error switch
        {
            SocketError.TooManyOpenSockets => Errno.TooManyFilesInProcess,
            SocketError.NoBufferSpaceAvailable => Errno.NoBufferSpace,
            SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.TimedOut or SocketError.ProtocolOption
                or SocketError.NetworkDown or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.HostUnreachable =>
                    Errno.ConnectionAborted,
            SocketError.Interrupted => Errno.Interrupted,
            SocketError.WouldBlock => Errno.TryAgain,
            _ => Errno.NotSupported,
        };
    }
}
