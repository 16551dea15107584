using System.Text;

namespace AsyncServer.Http;

/// <summary>A header line of a request as bytes.</summary>
public readonly ref struct RawHeader
{
    internal RawHeader(HeaderField field, ReadOnlySpan<byte> message)
    {
        Name = field.Name.Of(message);
        Value = field.Value.Of(message);
    }

    /// <summary>The name, as it was sent.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The value, without white space around it.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether the line has that name, in any letter case.</summary>
    public bool Is(ReadOnlySpan<byte> name) => Name.Length == name.Length && Ascii.EqualsIgnoreCase(Name, name);
}
