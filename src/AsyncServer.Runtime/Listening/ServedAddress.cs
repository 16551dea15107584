namespace AsyncServer.Runtime;

/// <summary>
/// An address that a server has taken on while it ran. Disposing it gives it up at once: whoever holds the socket too takes what its
/// backlog holds.
/// </summary>
internal sealed class ServedAddress(AcceptLoop loop) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Hub.Post(() =>
        {
            if (ReferenceEquals(Hub.Current, loop.Hub))
                loop.Close(); // else the hub has stopped, and closed it
            closed.SetResult();
        });
        await closed.Task.ConfigureAwait(false);
    }
}
