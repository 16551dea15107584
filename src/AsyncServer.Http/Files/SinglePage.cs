using System.Text;

namespace AsyncServer.Http;

/// <summary>Which requests for unknown paths get the page of an application that keeps its own paths in the browser.</summary>
internal static class SinglePage
{
    /// <param name="request">The request.</param>
    /// <param name="path">Its path, decoded.</param>
    internal static bool IsFor(Request request, ReadOnlySpan<byte> path)
    {
        if (request.Method is not ("GET" or "HEAD"))
            return false;
        // A missing script or image must stay missing: as a page it would only fail later.
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        bool isPage = !name.Contains((byte)'.') || EndsWith(name, ".html"u8) || EndsWith(name, ".htm"u8);
        return isPage && WantsHtml(request.Headers.Raw);
    }

    // Named, not by */*: that is what programs send.
    private static bool WantsHtml(RawHeaders headers)
    {
        foreach (var header in headers)
        {
            if (!header.Is("Accept"u8))
                continue;
            var elements = new CommaList(header.Value);
            while (elements.Next(out var element))
            {
                if (QualityValue.TryRead(element, out var type, out int weight) && weight > 0
                    && Ascii.EqualsIgnoreCase(type, "text/html"u8))
                    return true;
            }
        }
        return false;
    }

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ending) =>
        name.Length > ending.Length && Ascii.EqualsIgnoreCase(name[^ending.Length..], ending);
}
