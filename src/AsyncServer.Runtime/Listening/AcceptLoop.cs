namespace AsyncServer.Runtime;

/// <summary>
/// The accept loop of one listening socket: accept, give the connection to a hub, which spawns a coroutine for it, next. All of it runs
/// on the hub that accepts.
/// </summary>
internal sealed class AcceptLoop(ConnectionServer server, ServedListener listener, SocketListener socket, Hub hub)
{
    // Threads of connections that end give back what the next one needs.
    private static readonly TimeSpan ThreadShortagePause = TimeSpan.FromSeconds(1);
    private const int EndedForThreads = 32;

    private Coroutine? _accepting; // set and read on the hub

    internal Hub Hub => hub;

    internal void Start()
    {
        _accepting = Coroutine.Spawn(RunAsync);
        _accepting.Name = $"accepting on {socket.LocalEndPoint}";
    }

    /// <summary>
    /// Takes what the backlog holds, waiting for that no longer than the timeout, then closes the socket and ends the loop.
    /// </summary>
    internal async Task StopAsync(TimeSpan timeout)
    {
        socket.Drain();
        await _accepting!.JoinAsync(timeout);
        socket.Close();
        await _accepting.KillAsync(); // it may pause for want of descriptors
    }

    /// <summary>Closes the socket; what waits in its backlog is for others that hold the socket too.</summary>
    internal void Close()
    {
        socket.Close();
        server.Forget(this);
    }

    private async Task RunAsync()
    {
        Exception? failure = null;
        while (true)
        {
            try
            {
                if (failure is not null)
                {
                    await Coroutine.Yield(); // the pause may fail as well, for the same reason: others have their turn before the next
                    await socket.PauseAsync(failure);
                }
                failure = null;
                var client = await socket.AcceptAsync();
                if (!client.IsOpen)
                    return;
                if (!await TryTakeAsync(client))
                    await PauseForThreadsAsync();
            }
            catch (OperationCanceledException) when (server.Stopping.IsCancellationRequested)
            {
                return; // all permits are taken, and the stop does not wait for one
            }
            catch (Exception exception) when (!socket.IsClosed && !server.Stopping.IsCancellationRequested)
            {
                failure = exception; // memory, most likely. Where the loop ended, clients would wait for nobody
            }
        }
    }

    // False when the system has no thread for it.
    private async ValueTask<bool> TryTakeAsync(AcceptedSocket client)
    {
        bool hasPermit = false;
        try
        {
            server.Accepted?.Invoke();
            // Not before the accept: a permit held for a client that may never come is lost to the other addresses, and holds up a stop.
            hasPermit = await TryTakePermitAsync(server.Permits);
            if (hasPermit && server.TakeConnection is { } take)
            {
                _ = Coroutine.Spawn(() => PassAsync(client.From(listener.Index), take));
                return true;
            }
        }
        catch
        {
            client.Close();
            if (hasPermit)
                server.Permits?.Release();
            throw;
        }
        server.Open?.Add();
        return hasPermit
            ? server.Hubs.Connect(client, listener.ServeCounted, server.Lost)
            : server.Hubs.Connect(client, listener.Refuse!, server.RefusalLost);
    }

    private async ValueTask<bool> TryTakePermitAsync(SemaphoreSlim? permits)
    {
        if (permits is null || permits.Wait(0, CancellationToken.None))
            return true;
        if (listener.Refuse is not null)
            return false;
        await permits.WaitAsync(server.Stopping);
        return true;
    }

    private async Task PassAsync(AcceptedSocket client, Func<AcceptedSocket, Task> take)
    {
        try { await take(client); }
        finally { server.Permits?.Release(); }
    }

    private async Task PauseForThreadsAsync()
    {
        hub.ReportAcceptPaused(socket.LocalEndPoint, "the system has no further thread; the connection was closed", ThreadShortagePause);
        server.Hubs.EndIdle(EndedForThreads);
        await Coroutine.Sleep(ThreadShortagePause);
    }
}
