using System.Text;

namespace AsyncServer.Http;

/// <summary>Which requests for unknown paths get the page of an application that keeps its own paths in the browser.</summary>
internal static class SinglePage
{
    /// <param name="head">The request.</param>
    /// <param name="message">Its bytes.</param>
    /// <param name="path">Its path, decoded.</param>
    internal static bool IsFor(RequestHead head, ReadOnlySpan<byte> message, ReadOnlySpan<byte> path)
    {
        if (head.Method is not ("GET" or "HEAD"))
            return false;
        // A missing script or image must stay missing: as a page it would only fail later.
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        bool isPage = !name.Contains((byte)'.') || EndsWith(name, ".html"u8) || EndsWith(name, ".htm"u8);
        return isPage && WantsHtml(head, message);
    }

    // Named, not by */*: that is what programs send.
    private static bool WantsHtml(RequestHead head, ReadOnlySpan<byte> message)
    {
        foreach (ref readonly var header in head.Headers)
        {
            if (!Ascii.EqualsIgnoreCase(header.Name.Of(message), "Accept"u8))
                continue;
            var elements = new CommaList(header.Value.Of(message));
            while (elements.Next(out var element))
            {
                if (QualityValue.TryRead(element, out var type, out int weight) && weight > 0 && Ascii.EqualsIgnoreCase(type, "text/html"u8))
                    return true;
            }
        }
        return false;
    }

    private static bool EndsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> ending) =>
        name.Length > ending.Length && Ascii.EqualsIgnoreCase(name[^ending.Length..], ending);
}
