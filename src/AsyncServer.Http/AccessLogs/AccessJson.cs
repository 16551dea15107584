namespace AsyncServer.Http;

/// <summary>A line of the access log as a JSON object. What the request does not have is left out.</summary>
internal static class AccessJson
{
    /// <param name="line">The line.</param>
    /// <param name="entry">What to say.</param>
    /// <param name="second">The time, to the second.</param>
    /// <param name="milliseconds">What has passed of the second.</param>
    internal static void Write(ref AccessLine line, in AccessEntry entry, ReadOnlySpan<byte> second, int milliseconds)
    {
        Span<byte> address = stackalloc byte[AccessEntry.MaxAddressLength];
        line.Raw("{\"time\":\""u8);
        line.Raw(second);
        line.Raw([(byte)'.', Digit(milliseconds / 100), Digit(milliseconds / 10), Digit(milliseconds)]);
        line.Raw("Z\",\"id\":\""u8);
        line.Escaped(entry.Exchange.Id, isJson: true);
        line.Raw("\""u8);
        Add(ref line, ",\"remote\":\""u8, address[..entry.FormatRemoteAddress(address)]);
        if (entry.HasRequestLine)
        {
            Add(ref line, ",\"method\":\""u8, entry.RequestLine[..entry.Head.Method.Length]);
            Add(ref line, ",\"target\":\""u8, entry.Head.Target.Of(entry.Message));
            line.Raw(",\"protocol\":\""u8);
            line.Escaped(entry.Protocol, isJson: true);
            line.Raw("\""u8);
        }
        else
        {
            Add(ref line, ",\"line\":\""u8, entry.RequestLine);
        }
        Add(ref line, ",\"host\":\""u8, entry.Header("host"u8));
        Add(ref line, ",\"status\":"u8, entry.Status);
        Add(ref line, ",\"bytes\":"u8, entry.Bytes);
        Add(ref line, ",\"microseconds\":"u8, (long)entry.Time.TotalMicroseconds);
        if (entry.IsCut)
            line.Raw(",\"cut\":true"u8);
        if (entry.Expired != ConnectionPhase.None)
            Add(ref line, ",\"expired\":\""u8, entry.Expired.Utf8Name());
        Add(ref line, ",\"referer\":\""u8, entry.Header("referer"u8));
        Add(ref line, ",\"userAgent\":\""u8, entry.Header("user-agent"u8));
        Add(ref line, ",\"traceparent\":\""u8, entry.Header("traceparent"u8));
        line.Raw("}"u8);
    }

    private static void Add(ref AccessLine line, scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            return;
        line.Raw(key);
        line.Escaped(value, isJson: true);
        line.Raw("\""u8);
    }

    private static void Add(ref AccessLine line, ReadOnlySpan<byte> key, long value)
    {
        line.Raw(key);
        line.Number(value);
    }

    private static byte Digit(int value) => (byte)('0' + (value % 10));
}
