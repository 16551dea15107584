namespace AsyncServer.Http;

/// <summary>
/// The grammar of chunk extensions, byte by byte (RFC 9112 7.1.1):
/// <c>*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )</c>. Begin after the size, end at CR.
/// </summary>
internal static class ChunkExtension
{
    internal enum State
    {
        AfterSize,
        BeforeSemicolon,
        BeforeName,
        Name,
        AfterName,
        BeforeValue,
        Value,
        Quoted,
        QuotedPair,
        AfterQuoted,
        End,
        Invalid,
    }

    internal static State Next(State state, byte next) => state switch
    {
        State.AfterSize or State.AfterQuoted => AfterItem(next),
        State.BeforeSemicolon => BetweenItems(next),
        State.BeforeName => BeforeToken(state, next, State.Name),
        State.Name => Syntax.Token.Contains(next) ? State.Name : EndOfName(next),
        State.AfterName => next == '=' ? State.BeforeValue : Syntax.IsBlank(next) ? state : BetweenItems(next),
        State.BeforeValue => next == '"' ? State.Quoted : BeforeToken(state, next, State.Value),
        State.Value => Syntax.Token.Contains(next) ? State.Value : AfterItem(next),
        State.Quoted => InQuotes(next),
        State.QuotedPair => IsText(next) ? State.Quoted : State.Invalid,
        _ => State.Invalid,
    };

    private static State AfterItem(byte next) => next == Syntax.CarriageReturn ? State.End : BetweenItems(next);

    // White space may only stand before a semicolon: a line that ends in it is refused.
    private static State BetweenItems(byte next) =>
        next == ';' ? State.BeforeName
        : Syntax.IsBlank(next) ? State.BeforeSemicolon
        : State.Invalid;

    private static State EndOfName(byte next) =>
        next == '=' ? State.BeforeValue
        : Syntax.IsBlank(next) ? State.AfterName
        : AfterItem(next);

    private static State BeforeToken(State state, byte next, State token) =>
        Syntax.Token.Contains(next) ? token
        : Syntax.IsBlank(next) ? state
        : State.Invalid;

    private static State InQuotes(byte next) => next switch
    {
        (byte)'"' => State.AfterQuoted,
        (byte)'\\' => State.QuotedPair,
        _ => IsText(next) ? State.Quoted : State.Invalid,
    };

    private static bool IsText(byte next) => next == '\t' || (next >= ' ' && next != 0x7F);
}
