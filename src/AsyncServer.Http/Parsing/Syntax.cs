using System.Buffers;

namespace AsyncServer.Http;

/// <summary>The byte classes of RFC 9110 and RFC 3986 that the parsers share.</summary>
internal static class Syntax
{
    internal const byte CarriageReturn = (byte)'\r';
    internal const byte LineFeed = (byte)'\n';

    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>RFC 9110 5.6.2 tchar.</summary>
    internal static readonly SearchValues<byte> Token = Bytes(LettersAndDigits + "!#$%&'*+-.^_`|~");

    /// <summary>What RFC 9110 5.5 forbids in a field value: controls other than HTAB.</summary>
    internal static readonly SearchValues<byte> FieldControls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Where(b => b != '\t').Select(b => (byte)b), 0x7F]);

    /// <summary>
    /// What may stand in a path as it is, percent aside. Browsers send brackets, braces, bars and the like raw, so
    /// everything visible passes but '#', the backslash and the '?' that ends the path.
    /// </summary>
    internal static readonly SearchValues<byte> PlainPath = Visible("#\\%?");

    /// <summary>The same for a query, in which '?' is ordinary.</summary>
    internal static readonly SearchValues<byte> PlainQuery = Visible("#\\%");

    /// <summary>RFC 3986 3.2.2 reg-name without its percent; IPv4 addresses are a part of it.</summary>
    internal static readonly SearchValues<byte> RegisteredName = Bytes(LettersAndDigits + "-._~!$&'()*+,;=");

    internal static bool IsBlank(byte value) => value is (byte)' ' or (byte)'\t';

    /// <summary>The value of a hexadecimal digit, or -1.</summary>
    internal static int HexValue(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => digit - 'A' + 10,
        _ => -1,
    };

    private static SearchValues<byte> Bytes(string characters) =>
        SearchValues.Create([.. characters.Select(c => (byte)c)]);

    private static SearchValues<byte> Visible(string except) =>
        SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Where(b => !except.Contains((char)b)).Select(b => (byte)b)]);
}
