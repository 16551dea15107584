using System.Globalization;
using System.Net;
using System.Text;

namespace AsyncServer.Development;

/// <summary>A failure as a page that needs nothing but itself.</summary>
internal static class FailurePage
{
    private const string Head = """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>500 Internal Server Error</title>
        <style>
        :root { color-scheme: light dark; --ink: #1b1b1f; --back: #fff; --soft: #f3f3f6; --dim: #6a6a75; --mark: #ffe3e0; --edge: #c8281c; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e8e8ee; --back: #17171b; --soft: #222228; --dim: #9a9aa6; --mark: #4a2320;
        --edge: #ff8377; } }
        body { margin: 0 auto; max-width: 70rem; padding: 1.5rem; background: var(--back); color: var(--ink); font: 1rem/1.5 system-ui,
        sans-serif; }
        h1 { font-size: 1.25rem; color: var(--edge); margin: 0; }
        h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
        pre, code, td, th { font: .875rem/1.5 ui-monospace, monospace; }
        pre { background: var(--soft); padding: .75rem; overflow-x: auto; margin: .25rem 0 1rem; }
        pre.message { white-space: pre-wrap; overflow-wrap: anywhere; border-left: .25rem solid var(--edge); }
        pre .failed { display: inline-block; min-width: 100%; background: var(--mark); font-weight: 600; }
        ol { list-style: none; padding: 0; margin: .25rem 0; overflow-wrap: anywhere; }
        .dim, summary { color: var(--dim); }
        th { text-align: left; vertical-align: top; padding-right: 1rem; font-weight: 600; }
        td { overflow-wrap: anywhere; }
        </style>
        </head>
        <body>

        """;

    internal static string Make(FailureReport report)
    {
        var page = new StringBuilder(Head);
        for (int i = 0; i < report.Parts.Count; i++)
            AppendPart(page, report.Parts[i], i == 0 ? "h1" : "h2");
        page.Append("<h2>Request</h2>\n<pre>").Append(Escape(report.Request)).Append("</pre>\n<table>\n");
        foreach (var (name, value) in report.Headers)
            page.Append(CultureInfo.InvariantCulture, $"<tr><th scope=\"row\">{Escape(name)}</th><td>{Escape(value)}</td></tr>\n");
        page.Append(CultureInfo.InvariantCulture,
            $"</table>\n<p class=\"dim\">Request {Escape(report.RequestId)}. This page is shown because of --dev.</p>\n");
        return page.Append("</body>\n</html>\n").ToString();
    }

    private static void AppendPart(StringBuilder page, FailurePart part, string heading)
    {
        string title = (heading == "h1" ? "" : "Caused by: ") + part.Title;
        page.Append(CultureInfo.InvariantCulture,
            $"<{heading}>{Escape(title)}</{heading}>\n<pre class=\"message\">{Escape(part.Message)}</pre>\n");
        foreach (var excerpt in part.Excerpts)
            AppendSource(page, excerpt);
        AppendStack(page, [.. part.Stack.Where(static entry => entry.IsApp)]);
        var others = part.Stack.Where(static entry => !entry.IsApp).ToList();
        if (others.Count == 0)
            return;
        page.Append(CultureInfo.InvariantCulture, $"<details><summary>Calls of the server and .NET: {others.Count}</summary>\n");
        AppendStack(page, others);
        page.Append("</details>\n");
    }

    private static void AppendSource(StringBuilder page, SourceExcerpt excerpt)
    {
        page.Append(CultureInfo.InvariantCulture, $"<code>{Escape(excerpt.File)}:{excerpt.Line}</code>\n");
        if (excerpt.Lines.Count == 0)
            return;
        page.Append("<pre>");
        for (int i = 0; i < excerpt.Lines.Count; i++)
        {
            int number = excerpt.First + i;
            string line = string.Create(CultureInfo.InvariantCulture, $"<span class=\"dim\">{number,5}</span>  {Escape(excerpt.Lines[i])}");
            page.Append(number == excerpt.Line ? $"<span class=\"failed\">{line}</span>" : line).Append('\n');
        }
        page.Append("</pre>\n");
    }

    private static void AppendStack(StringBuilder page, List<StackEntry> stack)
    {
        if (stack.Count == 0)
            return;
        page.Append("<ol>\n");
        foreach (var entry in stack)
            page.Append(CultureInfo.InvariantCulture,
                $"<li><code>{Escape(entry.Method)}<span class=\"dim\">{Escape(FailureText.Place(entry))}</span></code></li>\n");
        page.Append("</ol>\n");
    }

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
