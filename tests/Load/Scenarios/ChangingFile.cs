namespace AsyncServer.Load;

/// <summary>
/// A file of which each version is one letter over and over, in a length that belongs to the letter: any answer shows by itself
/// whether it is a version, a mixture, padded or cut short.
/// </summary>
internal sealed class ChangingFile(string folder, string name, int size)
{
    private const int Letters = 26;
    private const int LengthStep = 4099; // not a multiple of a page

    private readonly string _path = Path.Combine(folder, name);
    private int _version;

    public string Name => name;

    public void Replace()
    {
        string next = _path + ".next";
        File.WriteAllBytes(next, NextVersion());
        File.Move(next, _path, overwrite: true);
    }

    public void Delete() => File.Delete(_path);

    /// <summary>As an editor does: cut to nothing, then written again in the same file.</summary>
    public void Rewrite() => File.WriteAllBytes(_path, NextVersion());

    public void Truncate()
    {
        using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write);
        RandomAccess.SetLength(file, 0);
    }

    /// <summary>Whether a body is one whole version.</summary>
    public bool IsVersion(ReadOnlySpan<byte> body) =>
        body.Length > 0 && !body.ContainsAnyExcept(body[0]) && IsLetter(body[0]) && body.Length == LengthOf(body[0]);

    /// <summary>Whether a body holds nothing but bytes of versions: no padding.</summary>
    public static bool IsOfVersions(ReadOnlySpan<byte> body) => !body.ContainsAnyExceptInRange((byte)'a', (byte)'z');

    private static bool IsLetter(byte value) => value is >= (byte)'a' and <= (byte)'z';

    private int LengthOf(byte letter) => size + (letter - 'a') * LengthStep;

    private byte[] NextVersion()
    {
        byte letter = (byte)('a' + _version++ % Letters);
        byte[] content = new byte[LengthOf(letter)];
        content.AsSpan().Fill(letter);
        return content;
    }
}
