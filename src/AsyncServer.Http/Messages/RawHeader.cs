using System.Text;

namespace AsyncServer.Http;

/// <summary>A header line of a request as bytes.</summary>
public readonly ref struct RawHeader
{
    private readonly ref readonly HeaderField _field;
    private readonly ReadOnlySpan<byte> _message;

    internal RawHeader(ref readonly HeaderField field, ReadOnlySpan<byte> message)
    {
        _field = ref field;
        _message = message;
    }

    internal int NameLength => _field.Name.Length;

    /// <summary>The name, as it was sent.</summary>
    public ReadOnlySpan<byte> Name => _field.Name.Of(_message);

    /// <summary>The value, without white space around it.</summary>
    public ReadOnlySpan<byte> Value => _field.Value.Of(_message);

    /// <summary>Whether the line has that name, in any letter case.</summary>
    public bool Is(ReadOnlySpan<byte> name) => _field.Name.Length == name.Length && Ascii.EqualsIgnoreCase(Name, name);
}
