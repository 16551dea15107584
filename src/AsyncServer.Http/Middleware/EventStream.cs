using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Server-sent events (WHATWG HTML section 9.2): a response that lasts, for the <c>EventSource</c> of browsers.</summary>
public static class EventStream
{
    // Proxies and browsers end connections that are silent for 30 s and more.
    private static readonly TimeSpan DefaultHeartbeat = TimeSpan.FromSeconds(15);

    private static readonly byte[] Comment = ":\n\n"u8.ToArray();

    /// <summary>Begins the response, as <c>text/event-stream</c> that is not stored, and makes its body.</summary>
    /// <param name="startResponse">Is called at once with 200.</param>
    /// <param name="events">
    /// Each is sent before the next is asked for. Its enumerator gets a token (<see cref="EnumeratorCancellationAttribute"/>) that is
    /// cancelled when the client has gone; it is disposed when the stream ends. The end of the sequence ends the response, and browsers ask
    /// again.
    /// </param>
    /// <param name="heartbeat">
    /// After this time without an event a comment is sent, which keeps the connection open and notices clients that have gone; 15 s unless
    /// given. When the server drains, the stream ends at once.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">The heartbeat is not above zero.</exception>
    public static Body Start(StartResponse startResponse, IAsyncEnumerable<SseItem<string>> events, TimeSpan? heartbeat = null)
    {
        ArgumentNullException.ThrowIfNull(startResponse);
        ArgumentNullException.ThrowIfNull(events);
        var pause = heartbeat ?? DefaultHeartbeat;
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(pause, TimeSpan.Zero, nameof(heartbeat));
        // nginx would hold events back
        startResponse("200 OK", [("Content-Type", "text/event-stream"), ("Cache-Control", "no-store"), ("X-Accel-Buffering", "no")]);
        return Body.From(WriteAsync(events, pause));
    }

    /// <summary>The same of texts, each an event of the type <c>message</c>.</summary>
    /// <inheritdoc cref="Start(StartResponse, IAsyncEnumerable{SseItem{string}}, TimeSpan?)"/>
    public static Body Start(StartResponse startResponse, IAsyncEnumerable<string> events, TimeSpan? heartbeat = null)
    {
        ArgumentNullException.ThrowIfNull(events);
        return Start(startResponse, events.Select(static text => new SseItem<string>(text)), heartbeat);
    }

    /// <summary>The id of the last event that this client has seen before it came again, or null: where to go on.</summary>
    public static string? LastEventId(Environ environ)
    {
        ArgumentNullException.ThrowIfNull(environ);
        return environ.TryGetValue("HTTP_LAST_EVENT_ID", out object? value) && value is string text
            ? Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(text)) // header values are Latin-1, ids are not
            : null;
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> WriteAsync(
        IAsyncEnumerable<SseItem<string>> events, TimeSpan heartbeat, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        yield return Comment; // the head leaves, and the client knows that it is connected
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using var source = events.GetAsyncEnumerator(ended.Token);
        Task? pending = null;
        try
        {
            while (true)
            {
                var next = source.MoveNextAsync().AsTask();
                pending = next;
                while (!await EndsWithinAsync(next, heartbeat, cancellation))
                {
                    if (IsDraining)
                        yield break;
                    yield return Comment;
                }
                if (!await next)
                    yield break;
                yield return EventText.BytesOf(source.Current);
                if (IsDraining)
                    yield break;
            }
        }
        finally
        {
            ended.Cancel(); // here, not on the pool: who hears of it belongs to this hub
            // Disposed while it runs, an iterator would throw.
            if (pending is not null)
                await pending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static bool IsDraining => Hub.Current is { IsDraining: true };

    private static async ValueTask<bool> EndsWithinAsync(Task next, TimeSpan time, CancellationToken cancellation)
    {
        if (next.IsCompleted)
            return true;
        using var quiet = CancellationTokenSource.CreateLinkedTokenSource(cancellation, Hub.Current?.Draining ?? default);
        var pause = Coroutine.Sleep(time, quiet.Token).AsTask();
        await Task.WhenAny(next, pause);
        if (cancellation.IsCancellationRequested)
            await Task.WhenAny(next); // the source has been told and ends
        if (!next.IsCompleted)
            return false;
        quiet.Cancel(); // here, not on the pool: all that hears of it is the pause
        return true;
    }
}
