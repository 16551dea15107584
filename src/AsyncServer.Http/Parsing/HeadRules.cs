using System.Text;

namespace AsyncServer.Http;

/// <summary>What only a whole head can be judged by: framing (RFC 9112 6), Host, Expect, persistence. Always in this order.</summary>
internal static class HeadRules
{
    internal static Rejection? Apply(ReadOnlySpan<byte> message, RequestHead head)
    {
        ref readonly KnownHeaders known = ref head.Known;
        if (CheckFraming(message, head, known) is { } badFraming)
        {
            return badFraming;
        }

        if (CheckHost(message, head, known) is { } badHost)
        {
            return badHost;
        }

        bool isHttp11 = head.MinorVersion == 1;
        if (known.UnknownExpectation && isHttp11)
        {
            return Rejection.UnknownExpectation;
        }

        head.Host = known.Host;
        head.ExpectContinue = known.Continue && isHttp11; // RFC 9110 10.1.1: HTTP/1.0 cannot mean it.
        head.KeepAlive = !known.Close && (isHttp11 || known.KeepAlive);
        return null;
    }

    private static Rejection? CheckFraming(ReadOnlySpan<byte> message, RequestHead head, in KnownHeaders known)
    {
        if (known.TransferEncodingCount > 0)
        {
            head.IsChunked = true;
            return CheckTransferEncoding(message, head, known);
        }

        if (known.ContentLengthCount == 0)
        {
            return null;
        }

        if (known.ContentLengthCount > 1)
        {
            return Rejection.RepeatedContentLength;
        }

        long length = ParseLength(known.ContentLength.Of(message));
        head.ContentLength = length;
        return length < 0 ? Rejection.InvalidContentLength : null;
    }

    private static Rejection? CheckTransferEncoding(ReadOnlySpan<byte> message, RequestHead head, in KnownHeaders known)
    {
        if (head.MinorVersion == 0)
        {
            return Rejection.TransferEncodingInHttp10; // RFC 9112 6.1: its framing is faulty.
        }

        if (known.ContentLengthCount > 0)
        {
            return Rejection.LengthAndTransferEncoding; // RFC 9112 6.3: the mark of request smuggling.
        }

        return known.TransferEncodingCount > 1
            ? Rejection.RepeatedTransferEncoding
            : CheckCodings(known.TransferEncoding.Of(message));
    }

    private static Rejection? CheckCodings(ReadOnlySpan<byte> value)
    {
        bool unknown = false;
        bool chunked = false;
        var codings = new CommaList(value);
        while (codings.Next(out ReadOnlySpan<byte> coding))
        {
            int nameLength = coding.IndexOfAnyExcept(Syntax.Token);
            ReadOnlySpan<byte> name = nameLength < 0 ? coding : coding[..nameLength];
            if (chunked || name.IsEmpty)
            {
                return Rejection.InvalidTransferEncoding;
            }

            chunked = Ascii.EqualsIgnoreCase(name, "chunked"u8);
            unknown |= !chunked;

            // RFC 9112 7.1: chunked has no parameters. Other codings may: then a ';' follows the name.
            if (nameLength >= 0 && (chunked || !StartsParameters(coding[nameLength..])))
            {
                return Rejection.InvalidTransferEncoding;
            }
        }

        return unknown ? Rejection.UnknownTransferCoding : null;
    }

    private static bool StartsParameters(ReadOnlySpan<byte> text) =>
        FieldLine.TrimBlanks(text).Of(text) is [(byte)';', ..];

    private static Rejection? CheckHost(ReadOnlySpan<byte> message, RequestHead head, in KnownHeaders known)
    {
        if (known.HostCount == 1)
        {
            return HostSyntax.IsValid(known.Host.Of(message)) ? null : Rejection.InvalidHost;
        }

        if (known.HostCount > 1)
        {
            return Rejection.RepeatedHost;
        }

        return head.MinorVersion == 0 ? null : Rejection.MissingHost; // RFC 9112 3.2
    }

    // 1*DIGIT (RFC 9110 8.6), or -1.
    private static long ParseLength(ReadOnlySpan<byte> digits)
    {
        long length = 0;
        foreach (byte digit in digits)
        {
            int value = digit - '0';
            if (value is < 0 or > 9 || length > (long.MaxValue - value) / 10)
            {
                return -1;
            }

            length = (length * 10) + value;
        }

        return digits.IsEmpty ? -1 : length;
    }
}
