using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using AsyncServer.Http;
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

    internal static (bool, string?) Switch(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => (true, null),
        "FALSE" or "0" or "NO" or "OFF" => (false, null),
        _ => (false, $"'{text}' is neither true nor false."),
    };

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
        if (text.StartsWith("fd:", StringComparison.Ordinal)
            && int.TryParse(text["fd:".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor))
            return (new DescriptorEndPoint(descriptor), null);
        if (text.StartsWith("fd:", StringComparison.Ordinal) && IsSocketName(text["fd:".Length..]))
            return (new NamedSocketEndPoint(text["fd:".Length..]), null);

        // IPEndPoint.Parse takes an address without a port, and "8888" as an address: neither is meant.
        int colon = text.LastIndexOf(':');
        string host = text[..Math.Max(colon, 0)];
        if (colon >= 0 && host is "" or AnyAddress or "localhost" && Port(text[(colon + 1)..]) is { } port)
            return (new DnsEndPoint(host.Length == 0 ? AnyAddress : host, port), null); // whatever addresses that means on this machine
        bool hasPort = colon > 0 && (text[colon - 1] == ']' || !text[..colon].Contains(':', StringComparison.Ordinal));
        return hasPort && text[..colon].AsSpan().ContainsAny(".:") && IPEndPoint.TryParse(text, out var endPoint)
            ? (endPoint, null)
            : (null, $"'{text}' is not ADDRESS:PORT, such as 127.0.0.1:8888, [::1]:8888, localhost:8888 or :8888, nor unix:PATH, fd:N "
                + $"or fd:NAME.");
    }

    /// <summary>Stands for every address of the machine.</summary>
    internal const string AnyAddress = "*";

    private static int? Port(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) ? port : null;

    // As systemd allows it, and no number.
    private static bool IsSocketName(string name) =>
        name.Length is > 0 and <= 255 && !name.All(char.IsAsciiDigit)
        && name.All(static character => character is > ' ' and <= '~' and not ':');

    internal static ((string, string), string?) CacheRule(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string value = text[(equals + 1)..].Trim();
        bool isRule = equals > 0 && value.Length > 0 && value.All(static character => character is >= ' ' and <= '~');
        return isRule ? ((text[..equals].Trim(), value), null) : (default, $"'{text}' is not GLOB=VALUE, such as **.js=max-age=3600.");
    }

    internal static ((string, string), string?) MediaType(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            return (default, $"'{text}' is not EXT=TYPE, such as .ts=text/plain.");
        string extension = text[..equals].Trim();
        string type = text[(equals + 1)..].Trim();
        if (!extension.StartsWith('.'))
            extension = "." + extension;
        var files = new StaticFileOptions { MediaTypes = new Dictionary<string, string> { [extension] = type } };
        return Checked(text, new HttpServerOptions { Files = files }) is (_, { } error) ? (default, error) : ((extension, type), null);
    }

    internal static ((int, string), string?) ErrorPage(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        bool isPage = int.TryParse(text[..Math.Max(equals, 0)], NumberStyles.None, CultureInfo.InvariantCulture, out int status)
            && status is >= 400 and <= 599;
        return isPage ? ((status, text[(equals + 1)..].Trim()), null)
            : (default, $"'{text}' is not STATUS=FILE with a status from 400 to 599, such as 404=404.html.");
    }

    internal static (string?, string?) AccessLogFormat(string text) =>
        Checked(text, new HttpServerOptions { AccessLog = new AccessLogOptions { Path = "-", Format = text } });

    internal static (string?, string?) AllowedHost(string text) => Checked(text, new HttpServerOptions { AllowedHosts = [text] });

    internal static (string?, string?) RootPath(string text) => Checked(text, new HttpServerOptions { RootPath = text });

    /// <summary>A network; null in its place means unix sockets.</summary>
    internal static (Tuple<IPNetwork?>?, string?) TrustedProxy(string text)
    {
        if (text == "unix")
            return (Tuple.Create<IPNetwork?>(null), null);
        string network = text.Contains('/', StringComparison.Ordinal) ? text
            : text + (text.Contains(':', StringComparison.Ordinal) ? "/128" : "/32");
        return IPNetwork.TryParse(network, out var parsed)
            ? (Tuple.Create<IPNetwork?>(parsed), null)
            : (null, $"'{text}' is not an address, a network such as 10.0.0.0/8, nor unix.");
    }

    internal static (ForwardedHeaders, string?) ForwardedHeaderNames(string text)
    {
        var headers = ForwardedHeaders.None;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var header = name.ToUpperInvariant() switch
            {
                "X-FORWARDED-FOR" => ForwardedHeaders.XForwardedFor,
                "X-FORWARDED-PROTO" => ForwardedHeaders.XForwardedProto,
                "X-FORWARDED-HOST" => ForwardedHeaders.XForwardedHost,
                "FORWARDED" => ForwardedHeaders.Forwarded,
                _ => ForwardedHeaders.None,
            };
            if (header == ForwardedHeaders.None)
                return (default, $"'{name}' is not one of x-forwarded-for, x-forwarded-proto, x-forwarded-host, forwarded.");
            headers |= header;
        }
        bool areTwoKinds = headers.HasFlag(ForwardedHeaders.Forwarded) && headers != ForwardedHeaders.Forwarded;
        return areTwoKinds ? (default, $"'{text}': forwarded stands alone, since a client can send the other kind.") : (headers, null);
    }

    // The library says what it does not take.
    private static (string?, string?) Checked(string text, HttpServerOptions options)
    {
        try
        {
            options.Check();
            return (text, null);
        }
        catch (ArgumentException exception)
        {
            return (null, exception.Message);
        }
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
