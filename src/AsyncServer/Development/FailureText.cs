using System.Globalization;
using System.Text;

namespace AsyncServer.Development;

/// <summary>A failure as plain text, for clients that show no pages.</summary>
internal static class FailureText
{
    internal static string Make(FailureReport report)
    {
        var text = new StringBuilder();
        foreach (var part in report.Parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(text.Length == 0 ? "" : "Caused by: ")}{part.Title}: {part.Message}\n\n");
            foreach (var excerpt in part.Excerpts)
                AppendSource(text, excerpt);
            foreach (var entry in part.Stack.OrderByDescending(static entry => entry.IsApp))
                text.Append(CultureInfo.InvariantCulture, $"  {(entry.IsApp ? "*" : " ")} {entry.Method}{Place(entry)}\n");
            if (part.Stack.Count > 0)
                text.Append('\n');
        }
        text.Append(CultureInfo.InvariantCulture, $"{report.Request}\n");
        foreach (var (name, value) in report.Headers)
            text.Append(CultureInfo.InvariantCulture, $"{name}: {value}\n");
        return text.Append(CultureInfo.InvariantCulture, $"\nrequest {report.RequestId}\n").ToString();
    }

    internal static string Place(StackEntry entry) =>
        entry.File is null ? "" : string.Create(CultureInfo.InvariantCulture, $" in {SourceExcerpt.Shown(entry.File)}:{entry.Line}");

    private static void AppendSource(StringBuilder text, SourceExcerpt excerpt)
    {
        text.Append(CultureInfo.InvariantCulture, $"{excerpt.File}:{excerpt.Line}\n");
        for (int i = 0; i < excerpt.Lines.Count; i++)
        {
            int number = excerpt.First + i;
            text.Append(CultureInfo.InvariantCulture, $"{(number == excerpt.Line ? '>' : ' ')} {number,5} | {excerpt.Lines[i]}\n");
        }
        text.Append('\n');
    }
}
