using System.Globalization;
using System.Net;
using System.Text;

namespace AsyncServer.Http;

/// <summary>A directory listing as HTML; it works without scripts.</summary>
internal static class ListingPage
{
    private const int Kilo = 1024;
    private static readonly string[] Units = ["KB", "MB", "GB", "TB", "PB", "EB"];

    private const string Style = "body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
        + "h1{font-size:1.3rem;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%}"
        + "th{text-align:left}td,th{padding:.2rem .6rem .2rem 0;border-bottom:1px solid #8884}"
        + "td:first-child{overflow-wrap:anywhere}td+td,th+th{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}";

    /// <param name="path">The request's path, decoded; ends with a slash.</param>
    /// <param name="entries">In any order.</param>
    /// <param name="order">The order wanted.</param>
    internal static string Make(string path, List<ListedEntry> entries, ListingOrder order)
    {
        order.Sort(entries);
        string title = WebUtility.HtmlEncode(path);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <title>{title}</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <style>{Style}</style>
            </head>
            <body>
            <h1>{title}</h1>
            <table>
            <thead><tr>
            {Heading(order, ListingOrder.Name, "Name")}
            {Heading(order, ListingOrder.Size, "Size")}
            {Heading(order, ListingOrder.Time, "Changed (UTC)")}
            </tr></thead>
            <tbody>

            """);
        if (path != "/")
            page.Append("<tr><td><a href=\"../\">../</a></td><td></td><td></td></tr>\n");
        foreach (var entry in entries)
            Append(page, entry);
        page.Append("</tbody>\n</table>\n");
        if (entries.Count == DirectoryListing.MaxEntries)
            page.Append(CultureInfo.InvariantCulture, $"<p>There may be more than these {entries.Count}.</p>\n");
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static string Heading(ListingOrder order, string column, string text) =>
        $"<th><a href=\"{order.LinkTo(column)}\">{text}</a></th>";

    private static void Append(StringBuilder page, ListedEntry entry)
    {
        // Escaped whole, a name has no slash, colon or question mark that would make another link of it.
        string slash = entry.IsDirectory ? "/" : "";
        string size = entry.IsDirectory ? "" : Size(entry.Size);
        page.Append(CultureInfo.InvariantCulture,
            $"<tr><td><a href=\"{Uri.EscapeDataString(entry.Name)}{slash}\">{WebUtility.HtmlEncode(entry.Name)}{slash}"
                + $"</a></td><td>{size}</td>");
        page.Append(CultureInfo.InvariantCulture, $"<td>{entry.Modified.UtcDateTime:yyyy-MM-dd HH:mm}</td></tr>\n");
    }

    private static string Size(long bytes)
    {
        if (bytes < Kilo)
            return string.Create(CultureInfo.InvariantCulture, $"{bytes} B");
        double size = bytes;
        int unit = -1;
        do
        {
            size /= Kilo;
            unit++;
        }
        while (size >= Kilo);
        return string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }
}
