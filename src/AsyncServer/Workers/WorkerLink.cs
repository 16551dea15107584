using System.ComponentModel;
using System.Runtime.InteropServices;
using AsyncServer.Http;
using AsyncServer.Runtime;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Workers;

/// <summary>
/// A worker's side of the line to its supervisor. It is listened to on a hub of its own, so that no app that holds its hub's thread keeps a
/// command waiting. When the supervisor ends, however it does, the worker drains.
/// </summary>
internal sealed class WorkerLink : IAsyncDisposable
{
    private readonly ProcessChannel _channel;
    private readonly ProcessSignals _signals;
    private readonly ILogger _logger;
    private readonly PosixSignalRegistration _hangUp;
    private readonly Hub _hub = new(new HubOptions { BlockingThreshold = TimeSpan.Zero });
    private readonly TaskCompletionSource _handOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<byte, List<IAsyncDisposable>> _adopted = [];
    private readonly Queue<Func<Task>> _guardDuties = new();
    private HttpServer? _server;
    private bool _isOnDuty;
    private volatile bool _isClosing;
    private volatile bool _isStopped;

    private WorkerLink(ProcessChannel channel, ProcessSignals signals, ILogger logger)
    {
        _channel = channel;
        _signals = signals;
        _logger = logger;
        // it is the supervisor's, also when a terminal sends it to all
        _hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, static context => context.Cancel = true);
    }

    /// <summary>Ends when another worker serves in this one's place.</summary>
    internal Task HandOver => _handOver.Task;

    /// <summary>Begins to listen: what the supervisor says counts like signals.</summary>
    internal static WorkerLink Open(ProcessChannel channel, ProcessSignals signals, ILogger logger)
    {
        var link = new WorkerLink(channel, signals, logger);
        link._hub.Start();
        _ = link._hub.InvokeAsync(link.ListenAsync);
        return link;
    }

    internal void TellServing(HttpServer server)
    {
        _server = server;
        Tell(WorkerMessage.Serving);
        if (server.MaxRequestsReached is { } reached)
            _ = reached.ContinueWith(_ => Tell(WorkerMessage.HadItsRequests), TaskScheduler.Default);
    }

    /// <summary>
    /// This worker ends; when its supervisor did not ask for that, another one is to begin now, and not after this one's drain.
    /// </summary>
    internal void TellEnding()
    {
        if (!_isStopped)
            Tell(WorkerMessage.Signalled);
    }

    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        await _hub.Stop();
        _channel.Dispose();
        _hangUp.Dispose();
    }

    private void Tell(WorkerMessage message) => _channel.TrySend([(byte)message]);

    private async Task ListenAsync()
    {
        while (await _channel.ReceiveAsync() is { IsEnd: false } message)
            Obey((WorkerMessage)message.Bytes.Span[0], message);
        if (!_isClosing && _signals.Stop())
            _logger.SupervisorGone();
    }

    private void Obey(WorkerMessage what, ProcessMessage message)
    {
        switch (what)
        {
            case WorkerMessage.Adopt when _server is { } server:
                Take(() => AdoptAsync(server, AdoptOrder.Read(message.Bytes.Span), message.Descriptors));
                break;
            case WorkerMessage.Release:
                byte released = message.Bytes.Span[1];
                Take(() => ReleaseAsync(released));
                break;
            case WorkerMessage.HandOver:
                _handOver.TrySetResult();
                break;
            case WorkerMessage.Stop:
                _isStopped = true;
                _signals.Stop();
                break;
            case WorkerMessage.Hurry:
                _signals.Hurry();
                break;
            case WorkerMessage.ReopenLogs:
                _signals.ReopenRequested?.Invoke();
                break;
        }
    }

    // One after the other, and nobody waits for them here: an app may hold the hubs that they need, and the next command may be to stop.
    private void Take(Func<Task> duty)
    {
        _guardDuties.Enqueue(duty);
        if (_isOnDuty)
            return;
        _isOnDuty = true;
        Coroutine.Spawn(async () =>
        {
            while (_guardDuties.TryDequeue(out var next))
                await next();
            _isOnDuty = false;
        });
    }

    private async Task ReleaseAsync(byte slot)
    {
        if (!_adopted.Remove(slot, out var addresses))
            return;
        foreach (var address in addresses)
            await address.DisposeAsync();
    }

    private async Task AdoptAsync(HttpServer server, AdoptOrder order, IReadOnlyList<SafeHandle> sockets)
    {
        var addresses = new List<IAsyncDisposable>();
        _adopted[order.Slot] = addresses;
        for (int i = 0; i < sockets.Count; i++)
        {
            var endPoint = new DescriptorEndPoint((int)sockets[i].DangerousGetHandle());
            sockets[i].SetHandleAsInvalid(); // it is the server's now
            try { addresses.Add(await server.ListenAsync(endPoint, order.ListenerOf(i))); }
            catch (InvalidOperationException) { /* the server stops; the supervisor finds another worker */ }
            catch (Exception exception) when (exception is ListenException or Win32Exception or ArgumentOutOfRangeException)
            {
                _logger.NotAdopted(order.Slot, exception.Message);
            }
        }
    }
}
