using System.Text;

namespace AsyncServer.Http;

/// <summary>The request target (RFC 9112 3.2): splits it, and lets none pass that decodes badly later.</summary>
internal static class RequestTarget
{
    internal static Rejection? Parse(ReadOnlySpan<byte> target, int start, RequestHead head)
    {
        head.Target = new Slice(start, target.Length);
        if (target[0] == '/')
        {
            return ParsePathAndQuery(target, start, head);
        }

        if (target is [(byte)'*'])
        {
            head.TargetForm = TargetForm.Asterisk;
            head.PathIsPlain = true;
            return head.Method == "OPTIONS" ? null : Rejection.AsteriskWithoutOptions;
        }

        return ParseAbsolute(target, start, head);
    }

    private static Rejection? ParseAbsolute(ReadOnlySpan<byte> target, int start, RequestHead head)
    {
        int schemeLength = SchemeLength(target);
        if (schemeLength == 0)
        {
            return Rejection.InvalidTarget;
        }

        ReadOnlySpan<byte> rest = target[schemeLength..];
        int authorityLength = rest.IndexOfAny((byte)'/', (byte)'?');
        if (authorityLength < 0)
        {
            authorityLength = rest.Length;
        }

        if (!HostSyntax.IsValid(rest[..authorityLength]))
        {
            return Rejection.InvalidAuthority; // user information too: RFC 9110 4.2.4
        }

        int authorityStart = start + schemeLength;
        head.TargetForm = TargetForm.Absolute;
        head.IsHttps = schemeLength == "https://".Length;
        head.Authority = new Slice(authorityStart, authorityLength);
        return ParsePathAndQuery(rest[authorityLength..], authorityStart + authorityLength, head);
    }

    private static int SchemeLength(ReadOnlySpan<byte> target) =>
        StartsWith(target, "http://"u8) ? "http://".Length
        : StartsWith(target, "https://"u8) ? "https://".Length
        : 0;

    private static bool StartsWith(ReadOnlySpan<byte> target, ReadOnlySpan<byte> scheme) =>
        target.Length >= scheme.Length && Ascii.EqualsIgnoreCase(target[..scheme.Length], scheme);

    private static Rejection? ParsePathAndQuery(ReadOnlySpan<byte> text, int start, RequestHead head)
    {
        int stop = text.IndexOfAnyExcept(Syntax.PlainPath);
        if (stop < 0)
        {
            head.Path = new Slice(start, text.Length);
            head.PathIsPlain = true;
            return null;
        }

        int mark = text[stop..].IndexOf((byte)'?');
        int pathLength = mark < 0 ? text.Length : stop + mark;
        head.Path = new Slice(start, pathLength);
        head.PathIsPlain = stop == pathLength;
        if (!head.PathIsPlain && CheckPath(text[stop..pathLength]) is { } badPath)
        {
            return badPath;
        }

        if (mark < 0)
        {
            return null;
        }

        head.HasQuery = true;
        head.Query = new Slice(start + pathLength + 1, text.Length - pathLength - 1);
        return CheckQuery(text[(pathLength + 1)..]);
    }

    private static Rejection? CheckPath(ReadOnlySpan<byte> path)
    {
        for (int stop; (stop = path.IndexOfAnyExcept(Syntax.PlainPath)) >= 0;)
        {
            if (path[stop] != '%')
            {
                return Rejection.InvalidTarget;
            }

            int length = PercentEncoding.CharacterLength(path[stop..]);
            if (length == 0)
            {
                return Rejection.InvalidPath;
            }

            path = path[(stop + length)..];
        }

        return null;
    }

    private static Rejection? CheckQuery(ReadOnlySpan<byte> query)
    {
        for (int stop; (stop = query.IndexOfAnyExcept(Syntax.PlainQuery)) >= 0;)
        {
            if (query[stop] != '%')
            {
                return Rejection.InvalidTarget;
            }

            // Not all queries are UTF-8: forms of old pages send Latin-1. Overlong forms only ever come from attacks.
            if (!PercentEncoding.IsTriplet(query[stop..]) || PercentEncoding.IsOverlong(query[stop..]))
            {
                return Rejection.InvalidQuery;
            }

            query = query[(stop + PercentEncoding.TripletLength)..];
        }

        return null;
    }
}
