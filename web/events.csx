// The time, each second, as server-sent events; to who does not ask for them a page that shows them.
// curl -N -H 'Accept: text/event-stream' http://localhost:8888/events.py
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;

const string Page = """
    <!doctype html>
    <html lang="en">
    <head>
      <meta charset="utf-8">
      <title>The time, as it passes</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <link rel="icon" href="/favicon.svg" type="image/svg+xml">
      <link rel="stylesheet" href="/style.css">
    </head>
    <body>
      <header><nav aria-label="Site"><a href="/">AsyncServer</a></nav></header>
      <main class="app">
        <h1>The time, as it passes</h1>
        <p>The server sends an event each second over one response that does not end. The browser comes back by itself when it is cut
        off.</p>
        <p><output id="time" aria-live="off">waiting</output></p>
      </main>
      <script type="module">
        const time = document.getElementById("time");
        const events = new EventSource(location.pathname);
        events.addEventListener("time", event => time.value = `${event.data} (event ${event.lastEventId})`);
        events.addEventListener("error", () => time.value = "not connected; trying again");
      </script>
    </body>
    </html>
    """;

async IAsyncEnumerable<SseItem<string>> Times(long number, [EnumeratorCancellation] CancellationToken cancellation = default)
{
    while (true)
    {
        string time = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm:ss 'UTC'");
        yield return new SseItem<string>(time, "time") { EventId = $"{++number}", ReconnectionInterval = TimeSpan.FromSeconds(2) };
        await Coroutine.Sleep(TimeSpan.FromSeconds(1), cancellation);
    }
}

Body application(Environ environ, StartResponse startResponse)
{
    string accept = environ.TryGetValue("HTTP_ACCEPT", out object? value) ? (string)value! : "";
    if (!accept.Contains("text/event-stream", StringComparison.OrdinalIgnoreCase))
    {
        startResponse("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Vary", "Accept")]);
        return Page;
    }
    long.TryParse(EventStream.LastEventId(environ), out long last); // a client that was cut off goes on counting
    return EventStream.Start(startResponse, Times(last));
}
