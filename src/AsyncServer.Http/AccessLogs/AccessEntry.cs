namespace AsyncServer.Http;

/// <summary>What the access log is told about a request.</summary>
/// <param name="Exchange">The request; its head is not reset yet.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Time">From the end of the head to the end of the answer.</param>
internal readonly record struct AccessEntry(Exchange Exchange, RequestOutcome Outcome, TimeSpan Time)
{
    private const int ClosedByClient = 499;

    /// <summary>Room for an address in <see cref="FormatRemoteAddress"/>.</summary>
    internal const int MaxAddressLength = 64;

    private static ReadOnlySpan<byte> LineEnds => "\r\n"u8;

    internal RequestHead Head => Exchange.Head;

    /// <summary>What the connection waited for when its time was up; none if that is not how it ended.</summary>
    internal ConnectionPhase Expired => Outcome.Expired;

    /// <summary>What was answered; 499, as nginx has it, where the connection ended before an answer could begin.</summary>
    internal int Status => Outcome.Status == 0 ? ClosedByClient : Outcome.Status;

    /// <summary>Bytes of the body that were answered.</summary>
    internal long Bytes => Outcome.SentBytes;

    /// <summary>Whether the connection was cut off before the answer was whole.</summary>
    internal bool IsCut => !Outcome.IsWhole;

    /// <summary>Whether the message never became a request: then its head may be a part of one.</summary>
    internal bool IsRefused => Outcome.Started is null;

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

    /// <summary>
    /// The path as it was sent: where a root path was taken from <see cref="RequestHead.Path"/>, that is still in the target.
    /// </summary>
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

    internal string Protocol => Exchange.Protocol;

    internal ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name) =>
        new RawHeaders(Head.Headers, Message).TryFind(name, out var value) ? value : default;

    internal int FormatRemoteAddress(Span<byte> text) => IsRefused
        ? Exchange.Connection.FormatRemoteAddress(text) // headers that say otherwise may be missing or malformed
        : Exchange.FormatRemoteAddress(text);
}
