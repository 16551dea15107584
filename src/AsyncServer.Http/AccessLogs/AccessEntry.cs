namespace AsyncServer.Http;

/// <summary>What the access log is told about a request.</summary>
/// <param name="Exchange">The request; its head is not reset yet.</param>
/// <param name="Status">What was answered; 499, as nginx has it, where the connection ended before an answer could begin.</param>
/// <param name="Bytes">Bytes of the body that were answered.</param>
/// <param name="Time">From the end of the head to the end of the answer.</param>
/// <param name="IsCut">Whether the connection was cut off before the answer was whole.</param>
/// <param name="IsRefused">Whether the message never became a request: then its head may be a part of one.</param>
internal readonly record struct AccessEntry(Exchange Exchange, int Status, long Bytes, TimeSpan Time, bool IsCut, bool IsRefused)
{
    internal const int ClosedByClient = 499;

    /// <summary>Room for an address in <see cref="FormatRemoteAddress"/>.</summary>
    internal const int MaxAddressLength = 64;

    private static ReadOnlySpan<byte> LineEnds => "\r\n"u8;

    internal RequestHead Head => Exchange.Head;

    /// <summary>What the connection waited for when its time was up; none if that is not how it ended.</summary>
    internal ConnectionPhase Expired => Exchange.Connection.Expired();

    internal ReadOnlySpan<byte> Message => Exchange.Message;

    /// <summary>Whether the request line could be read.</summary>
    internal bool HasRequestLine => Head.HeadersStart > 0;

    /// <summary>The request line as it came; of a refused message what came of it.</summary>
    internal ReadOnlySpan<byte> RequestLine
    {
        get
        {
            var line = Message.TrimStart(LineEnds); // one empty line may precede it
            int end = line.IndexOfAny(Syntax.CarriageReturn, Syntax.LineFeed);
            return end < 0 ? line : line[..end];
        }
    }

    /// <summary>The path as it was sent: where a root path was taken from <see cref="RequestHead.Path"/>, that is still in the target.</summary>
    internal ReadOnlySpan<byte> Path
    {
        get
        {
            var target = Head.Target.Of(Message);
            int query = target.IndexOf((byte)'?');
            return query < 0 ? target : target[..query];
        }
    }

    internal ReadOnlySpan<byte> Query => Head.Query.Of(Message);

    internal ReadOnlySpan<byte> Protocol => Head.MinorVersion == 0 ? "HTTP/1.0"u8 : "HTTP/1.1"u8;

    internal ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name) => Head.TryFind(Message, name, out var value) ? value.Of(Message) : default;

    internal int FormatRemoteAddress(Span<byte> text) => IsRefused
        ? Exchange.Connection.FormatRemoteAddress(text) // headers that say otherwise may be missing or malformed
        : Exchange.FormatRemoteAddress(text);
}
