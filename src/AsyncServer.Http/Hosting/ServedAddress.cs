using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>An address that a server has taken on while it ran. Disposing it gives it up at once: whoever holds the socket too takes what its backlog holds.</summary>
internal sealed class ServedAddress(Hub hub, SocketListener listener) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        hub.Post(() =>
        {
            if (ReferenceEquals(Hub.Current, hub))
                listener.Close(); // else the hub has stopped, and closed it
            closed.SetResult();
        });
        await closed.Task.ConfigureAwait(false);
    }
}
