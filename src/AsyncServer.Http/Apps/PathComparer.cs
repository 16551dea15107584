using System.Text;

namespace AsyncServer.Http;

/// <summary>Looks paths up by their UTF-8 bytes, so that a request's path need not become a string to find its route.</summary>
internal sealed class PathComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    internal static readonly PathComparer Instance = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public bool Equals(ReadOnlySpan<byte> alternate, string other)
    {
        if (Ascii.Equals(alternate, other))
            return true;
        return Encoding.UTF8.GetByteCount(other) == alternate.Length && Encoding.UTF8.GetBytes(other).AsSpan().SequenceEqual(alternate);
    }

    public int GetHashCode(string obj) => GetHashCode(Encoding.UTF8.GetBytes(obj));

    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        var hash = new HashCode();
        hash.AddBytes(alternate);
        return hash.ToHashCode();
    }

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);
}
