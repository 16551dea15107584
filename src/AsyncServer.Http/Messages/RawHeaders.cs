namespace AsyncServer.Http;

/// <summary>
/// The header lines of a request as bytes, for handlers that look at them without allocating (<see cref="RequestHeaders.Raw"/>). Valid
/// until the handler's next <c>await</c>.
/// </summary>
/// <example><code>foreach (var header in request.Headers.Raw) { if (header.Is("accept"u8)) ... }</code></example>
public readonly ref struct RawHeaders
{
    private readonly ReadOnlySpan<HeaderField> _fields;
    private readonly ReadOnlySpan<byte> _message;

    internal RawHeaders(ReadOnlySpan<HeaderField> fields, ReadOnlySpan<byte> message)
    {
        _fields = fields;
        _message = message;
    }

    /// <summary>The value of the first line of that name.</summary>
    /// <param name="name">In any letter case.</param>
    /// <param name="value">Without white space around it; empty where there is none.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryFind(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        foreach (var header in this)
        {
            if (header.Is(name))
            {
                value = header.Value;
                return true;
            }
        }
        value = default;
        return false;
    }

    /// <summary>The lines, in order.</summary>
    public Enumerator GetEnumerator() => new(_fields, _message);

    /// <summary>Goes through the lines.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<HeaderField> _fields;
        private readonly ReadOnlySpan<byte> _message;
        private int _next;

        internal Enumerator(ReadOnlySpan<HeaderField> fields, ReadOnlySpan<byte> message)
        {
            _fields = fields;
            _message = message;
        }

        /// <summary>The line that <see cref="MoveNext"/> came to.</summary>
        public readonly RawHeader Current => new(in _fields[_next - 1], _message);

        /// <summary>Goes to the next line.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext() => ++_next <= _fields.Length;
    }
}
