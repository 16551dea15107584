namespace AsyncServer.Http;

/// <summary>Walks a comma-separated value (RFC 9110 5.6.1). Empty elements are given too: who reads decides about them.</summary>
internal ref struct CommaList
{
    private ReadOnlySpan<byte> _rest;
    private bool _ended;

    internal CommaList(ReadOnlySpan<byte> value) => _rest = value;

    internal bool Next(out ReadOnlySpan<byte> element)
    {
        if (_ended)
        {
            element = default;
            return false;
        }

        int comma = _rest.IndexOf((byte)',');
        element = comma < 0 ? _rest : _rest[..comma];
        Slice content = FieldLine.TrimBlanks(element);
        element = content.Of(element);

        _ended = comma < 0;
        _rest = _rest[(comma + 1)..];
        return true;
    }
}
