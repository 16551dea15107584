namespace AsyncServer.Modules;

/// <summary>An assembly that no cache folder takes.</summary>
/// <param name="Hash">That of the source that it was made from.</param>
/// <param name="Assembly">What the compiler made of it.</param>
internal sealed record UnstoredModule(string Hash, byte[] Assembly)
{
    internal static UnstoredModule Parse(string text) =>
        new(text[..ModuleSource.HashLength], Convert.FromBase64String(text[ModuleSource.HashLength..]));

    public override string ToString() => Hash + Convert.ToBase64String(Assembly);
}
