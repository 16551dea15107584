using System.Text;

namespace AsyncServer.Http;

/// <summary>The request line (RFC 9112 3): method, target and version with exactly one space between them.</summary>
internal static class RequestLine
{
    // The longest registered method, UPDATEREDIRECTREF, has 17 bytes.
    private const int MaxMethodLength = 32;

    private const int VersionLength = 8;

    internal static Rejection? Parse(ReadOnlySpan<byte> line, int start, RequestHead head)
    {
        int methodEnd = line.IndexOf((byte)' ');
        int targetEnd = line.LastIndexOf((byte)' ');
        if (targetEnd <= methodEnd + 1)
        {
            return Rejection.MalformedRequestLine;
        }

        if (ParseMethod(line[..methodEnd], head) is { } badMethod)
        {
            return badMethod;
        }

        if (ParseVersion(line[(targetEnd + 1)..], head) is { } badVersion)
        {
            return badVersion;
        }

        if (head.Method == "CONNECT")
        {
            return Rejection.ConnectNotSupported;
        }

        return RequestTarget.Parse(line[(methodEnd + 1)..targetEnd], start + methodEnd + 1, head);
    }

    private static Rejection? ParseMethod(ReadOnlySpan<byte> method, RequestHead head)
    {
        if (StandardMethod(method) is { } standard)
        {
            head.Method = standard;
            return null;
        }

        if (method.ContainsAnyExcept(Syntax.Token))
        {
            return Rejection.InvalidMethod;
        }

        if (method.Length > MaxMethodLength)
        {
            return Rejection.MethodTooLong; // RFC 9112 3: 501 when it is longer than any that the server knows.
        }

        head.Method = Encoding.ASCII.GetString(method);
        return null;
    }

    private static Rejection? ParseVersion(ReadOnlySpan<byte> version, RequestHead head)
    {
        if (version.SequenceEqual("HTTP/1.1"u8))
        {
            head.MinorVersion = 1;
            return null;
        }

        if (version.Length != VersionLength
            || !version.StartsWith("HTTP/"u8)
            || !char.IsAsciiDigit((char)version[5])
            || version[6] != '.'
            || !char.IsAsciiDigit((char)version[7]))
        {
            return Rejection.InvalidVersion;
        }

        if (version[5] != '1')
        {
            return Rejection.VersionNotSupported;
        }

        // RFC 9110 2.5: a higher minor version is understood as the highest that we know.
        head.MinorVersion = version[7] == '0' ? 0 : 1;
        return null;
    }

    private static string? StandardMethod(ReadOnlySpan<byte> method) => method.Length switch
    {
        3 when method.SequenceEqual("GET"u8) => "GET",
        3 when method.SequenceEqual("PUT"u8) => "PUT",
        4 when method.SequenceEqual("POST"u8) => "POST",
        4 when method.SequenceEqual("HEAD"u8) => "HEAD",
        5 when method.SequenceEqual("PATCH"u8) => "PATCH",
        5 when method.SequenceEqual("TRACE"u8) => "TRACE",
        6 when method.SequenceEqual("DELETE"u8) => "DELETE",
        7 when method.SequenceEqual("OPTIONS"u8) => "OPTIONS",
        7 when method.SequenceEqual("CONNECT"u8) => "CONNECT",
        _ => null,
    };
}
