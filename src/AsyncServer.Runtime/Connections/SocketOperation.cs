using System.Net.Sockets;

namespace AsyncServer.Runtime;

/// <summary>
/// An asynchronous operation of a socket, used again and again, whose end is told on the hub's thread: never within the call that began it.
/// Once the hub has stopped it is told on the thread pool.
/// </summary>
internal sealed class SocketOperation(Hub hub, Action completed) : SocketAsyncEventArgs(true)
{
    private static readonly Action<object?> EndCallback = static self => ((SocketOperation)self!).End();

    private bool _isAbandoned;

    internal bool IsPending { get; private set; }

    internal void Receive(Socket socket) => Begin(socket, static (socket, self) => socket.ReceiveAsync(self));

    internal void Send(Socket socket) => Begin(socket, static (socket, self) => socket.SendAsync(self));

    /// <summary>Gives back what it holds, at its end if it is under way.</summary>
    internal void Abandon()
    {
        _isAbandoned = true;
        if (!IsPending)
            Dispose();
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => hub.Enqueue(new WorkItem(null, EndCallback, this));

    private void Begin(Socket socket, Func<Socket, SocketOperation, bool> begin)
    {
        IsPending = true;
        try
        {
            if (begin(socket, this))
                return;
        }
        catch (SocketException exception)
        {
            SocketError = exception.SocketErrorCode; // the platform cannot watch it: this connection ends, others go on
        }
        catch (ObjectDisposedException)
        {
            SocketError = SocketError.OperationAborted; // closed meanwhile
        }
        OnCompleted(this);
    }

    private void End()
    {
        IsPending = false;
        completed();
        if (_isAbandoned && !IsPending)
            Dispose();
    }
}
