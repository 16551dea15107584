using System.Globalization;
using System.Net.ServerSentEvents;
using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// Writes one event (WHATWG HTML section 9.2.6). The framework's formatter writes whole sequences, with no room for heartbeats.
/// </summary>
internal static class EventText
{
    internal static byte[] BytesOf(SseItem<string> item)
    {
        var text = new StringBuilder();
        if (item.EventType != SseParser.EventTypeDefault)
            text.Append("event: ").Append(item.EventType).Append('\n');
        if (item.EventId is not null)
            text.Append("id: ").Append(item.EventId).Append('\n');
        if (item.ReconnectionInterval is { } interval)
            text.Append(CultureInfo.InvariantCulture, $"retry: {(long)interval.TotalMilliseconds}\n");
        string data = item.Data.Replace("\r\n", "\n", StringComparison.Ordinal);
        foreach (var line in data.AsSpan().SplitAny('\n', '\r'))
            text.Append("data: ").Append(data.AsSpan()[line]).Append('\n');
        return Encoding.UTF8.GetBytes(text.Append('\n').ToString());
    }
}
