using System.Buffers.Binary;
using System.Numerics;
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

    // Eight bytes a step. Keys are routes and files that exist, never what a client makes up, so a hash without a secret serves.
    public int GetHashCode(ReadOnlySpan<byte> alternate)
    {
        const ulong multiplier = 0x9E37_79B9_7F4A_7C15; // 2^64 / golden ratio
        ulong hash = (ulong)alternate.Length;
        for (; alternate.Length >= sizeof(ulong); alternate = alternate[sizeof(ulong)..])
            hash = BitOperations.RotateLeft((hash ^ BinaryPrimitives.ReadUInt64LittleEndian(alternate)) * multiplier, 31);
        foreach (byte value in alternate)
            hash = (hash ^ value) * multiplier;
        return (int)(hash >> 32);
    }

    public string Create(ReadOnlySpan<byte> alternate) => Encoding.UTF8.GetString(alternate);
}
