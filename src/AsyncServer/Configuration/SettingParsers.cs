using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using AsyncServer.Modules;
using AsyncServer.Runtime;

namespace AsyncServer.Configuration;

/// <summary>The forms of values.</summary>
internal static class SettingParsers
{
    internal static Func<string, (T?, string?)> Number<T>(T least, T most)
        where T : INumber<T> => text =>
            T.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most
                ? (value, null)
                : (default, $"'{text}' is not a number from {least} to {most}.");

    internal static (TimeSpan, string?) Seconds(string text)
    {
        var (seconds, error) = Number(0d, int.MaxValue)(text);
        return (TimeSpan.FromSeconds(seconds), error);
    }

    internal static (bool, string?) Switch(string text) =>
        bool.TryParse(text, out bool value) ? (value, null) : (false, $"'{text}' is neither true nor false.");

    internal static (string?, string?) Text(string text) => (text, null);

    internal static (AppName?, string?) App(string text) =>
        AppName.Parse(text) is { } name ? (name, null) : (null, $"'{text}' is not MODULE:APP, such as mini_frame:application.");

    internal static Func<string, (T, string?)> OneOf<T>()
        where T : struct, Enum => text =>
            Enum.TryParse(text, ignoreCase: true, out T value) && char.IsAsciiLetter(text[0]) && Enum.IsDefined(value)
                ? (value, null)
                : (default, $"'{text}' is not one of {string.Join(", ", Enum.GetNames<T>())}.");

    internal static (EndPoint?, string?) EndPoint(string text)
    {
        if (text.StartsWith("unix:", StringComparison.Ordinal) && text.Length > "unix:".Length)
            return UnixEndPoint(text["unix:".Length..]);
        if (text.StartsWith("fd:", StringComparison.Ordinal) && int.TryParse(text["fd:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
            return (new DescriptorEndPoint(descriptor), null);

        // IPEndPoint.Parse takes an address without a port, and "8888" as an address: neither is meant.
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > 0 && (text[colon - 1] == ']' || !text[..colon].Contains(':', StringComparison.Ordinal));
        return hasPort && text[..colon].AsSpan().ContainsAny(".:") && IPEndPoint.TryParse(text, out var endPoint)
            ? (endPoint, null)
            : (null, $"'{text}' is not ADDRESS:PORT, such as 127.0.0.1:8888 or [::1]:8888, nor unix:PATH or fd:N.");
    }

    internal static ((string, string), string?) CacheRule(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string value = text[(equals + 1)..].Trim();
        bool isRule = equals > 0 && value.Length > 0 && value.All(static character => character is >= ' ' and <= '~');
        return isRule ? ((text[..equals].Trim(), value), null) : (default, $"'{text}' is not GLOB=VALUE, such as **.js=max-age=3600.");
    }

    internal static ((int, string), string?) ErrorPage(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        bool isPage = int.TryParse(text[..Math.Max(equals, 0)], NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            && status is >= 400 and <= 599;
        return isPage ? ((status, text[(equals + 1)..].Trim()), null) : (default, $"'{text}' is not STATUS=FILE with a status from 400 to 599, such as 404=404.html.");
    }

    internal static (UnixFileMode, string?) FileMode(string text)
    {
        const int most = 0x1FF; // 777
        bool isOctal = text.Length is > 0 and <= 4 && text.All(static digit => digit is >= '0' and <= '7');
        int mode = isOctal ? Convert.ToInt32(text, 8) : -1;
        return mode is >= 0 and <= most ? ((UnixFileMode)mode, null) : (default, $"'{text}' is not a mode from 0 to 777, such as 660.");
    }

    private static (EndPoint?, string?) UnixEndPoint(string path)
    {
        try { return (new UnixDomainSocketEndPoint(path), null); }
        catch (ArgumentOutOfRangeException) { return (null, $"'{path}' is too long for a unix socket."); } // 108 bytes on Linux
    }
}
