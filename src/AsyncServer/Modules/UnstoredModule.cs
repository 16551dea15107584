using System.Security.Cryptography;

namespace AsyncServer.Modules;

/// <summary>An assembly that no cache folder takes.</summary>
/// <param name="Hash">That of the source that it was made from.</param>
/// <param name="Assembly">What the compiler made of it.</param>
internal sealed record UnstoredModule(string Hash, byte[] Assembly)
{
    private const int HashLength = 2 * SHA256.HashSizeInBytes;

    internal static UnstoredModule Parse(string text) => new(text[..HashLength], Convert.FromBase64String(text[HashLength..]));

    public override string ToString() => Hash + Convert.ToBase64String(Assembly);
}
