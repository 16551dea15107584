using System.Buffers;

namespace AsyncServer.Runtime;

/// <summary>
/// Which names of files are taken at their word. Some systems read more into a name than is written: devices, streams, another file.
/// </summary>
internal static class PortableName
{
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"];
    private static readonly string[] NumberedDevices = ["COM", "LPT"];

    // What Windows does not have in names; the colon begins an alternate stream or ends a drive.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("\\:*?\"<>|/");

    // COM1 to COM9, and the superscripts that Windows takes for 1 to 3; 0 for good measure.
    private const string DeviceNumbers = "0123456789\u00b9\u00b2\u00b3";

    /// <summary>Whether the name may be looked for on this system.</summary>
    internal static bool IsPlain(string name) => OperatingSystem.IsWindows() ? IsPlainOnWindows(name) : !name.Contains('/')
        && !name.Contains('\0');

    /// <summary>
    /// Whether Windows takes the name for a file of that very name: no device (<c>CON</c>, <c>nul.txt</c>), no stream, no dot or space at
    /// its end.
    /// </summary>
    internal static bool IsPlainOnWindows(string name)
    {
        if (name.Length == 0 || name[^1] is '.' or ' ' || name.AsSpan().ContainsAny(Forbidden) || name.Any(char.IsControl))
            return false;
        string stem = name.Split('.')[0].TrimEnd(' ');
        bool isNumbered = stem.Length == 4 && DeviceNumbers.Contains(stem[3], StringComparison.Ordinal)
            && NumberedDevices.Contains(stem[..3], StringComparer.OrdinalIgnoreCase);
        return !isNumbered && !Devices.Contains(stem, StringComparer.OrdinalIgnoreCase);
    }
}
