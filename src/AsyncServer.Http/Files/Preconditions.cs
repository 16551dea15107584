using Microsoft.Net.Http.Headers;

namespace AsyncServer.Http;

/// <summary>Conditional requests for what can only be read (RFC 9110 section 13).</summary>
internal static class Preconditions
{
    // The longest of the three forms (RFC 9110 5.6.7) has 33 characters.
    private const int LongestDate = 64;

    // 8.8.2.2: a file may change twice within the second that Last-Modified names; after that it is a strong validator.
    private static readonly TimeSpan DateResolution = TimeSpan.FromSeconds(1);

    /// <summary>Which of the headers there are. Most requests have none, so this is all that they pay.</summary>
    internal static Conditions Find(RawHeaders headers)
    {
        var found = Conditions.None;
        foreach (var header in headers)
        {
            found |= header.NameLength switch
            {
                5 when header.Is("Range"u8) => Conditions.Range,
                8 when header.Is("If-Match"u8) => Conditions.IfMatch,
                8 when header.Is("If-Range"u8) => Conditions.IfRange,
                13 when header.Is("If-None-Match"u8) => Conditions.IfNoneMatch,
                17 when header.Is("If-Modified-Since"u8) => Conditions.IfModifiedSince,
                19 when header.Is("If-Unmodified-Since"u8) => Conditions.IfUnmodifiedSince,
                _ => Conditions.None,
            };
        }
        return found;
    }

    /// <summary>RFC 9110 13.2.2, for GET and HEAD.</summary>
    internal static PreconditionResult Evaluate(Request request, Conditions present, Representation current)
    {
        if ((present & Conditions.IfMatch) != 0)
        {
            if (!Names(request, "If-Match"u8, current, strongly: true))
                return PreconditionResult.Failed;
        }
        else if ((present & Conditions.IfUnmodifiedSince) != 0 && Date(request, "If-Unmodified-Since") is { } unmodified
            && current.Modified > unmodified)
        {
            return PreconditionResult.Failed;
        }

        bool isKnown = (present & Conditions.IfNoneMatch) != 0
            ? Names(request, "If-None-Match"u8, current, strongly: false)
            : (present & Conditions.IfModifiedSince) != 0 && Date(request, "If-Modified-Since") is { } modified
                && current.Modified <= modified;
        return isKnown ? PreconditionResult.NotModified : PreconditionResult.Proceed;
    }

    /// <summary>Whether If-Range names this version (RFC 9110 13.1.5): by its strong tag, or by a date that can be relied on.</summary>
    internal static bool IsSameVersion(Request request, Representation current)
    {
        if (request.Headers.Raw.TryFind("If-Range"u8, out var value) && value.SequenceEqual(current.Tag))
            return true; // a weak tag is not this one: strong comparison
        var now = request.Hub.TimeProvider.GetUtcNow();
        return Date(request, "If-Range") is { } date && date == current.Modified && now - date > DateResolution;
    }

    private static bool Names(Request request, ReadOnlySpan<byte> name, Representation current, bool strongly)
    {
        foreach (var header in request.Headers.Raw)
        {
            if (header.Is(name) && EntityTagList.Names(header.Value, current.Tag, strongly))
                return true;
        }
        return false;
    }

    // 13.1.3 and 13.1.4: what is not a date is ignored.
    private static DateTimeOffset? Date(Request request, string name) =>
        request.Headers[name] is { Length: <= LongestDate } text && HeaderUtilities.TryParseDate(text, out var date) ? date : null;
}
