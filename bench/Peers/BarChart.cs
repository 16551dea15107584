using System.Globalization;
using System.Net;
using System.Text;

namespace AsyncServer.Bench;

/// <summary>Horizontal bars in SVG, one for each server, with the spread as a line across its end.</summary>
internal static class BarChart
{
    private const int Width = 720;
    private const int LabelWidth = 130;
    private const int ValueWidth = 110;
    private const int RowHeight = 26;
    private const int BarHeight = 16;

    /// <summary>Null when nobody yielded that.</summary>
    public static string? Render(WorkloadResult result, Quantity quantity, Func<string, string> familyOf)
    {
        (string Server, Samples Samples)[] bars =
            [.. from server in result.Servers let samples = result.Of(server, quantity) where samples is not null select (server, samples)];
        if (bars.Length == 0)
            return null;

        double most = Math.Max(bars.Max(bar => bar.Samples.Most), double.Epsilon);
        double Along(double value) => LabelWidth + Math.Max(value, 0) / most * (Width - LabelWidth - ValueWidth);

        var svg = new StringBuilder();
        Append(svg, $"<figure><figcaption>{Encoded(quantity.Title)} <span>{(quantity.LessIsBetter ? "shorter" : "longer")} is ",
            $"better</span></figcaption>");
        Append(svg, $"<svg viewBox=\"0 0 {Width} {bars.Length * RowHeight}\" role=\"img\" ",
            $"aria-label=\"{Encoded($"{result.Workload.Title}: {quantity.Title}")}\">\n");
        for (int row = 0; row < bars.Length; row++)
        {
            var (server, samples) = bars[row];
            int top = row * RowHeight;
            int middle = top + RowHeight / 2;
            string value = samples.Median.ToString(quantity.Format, CultureInfo.InvariantCulture);
            Append(svg, $"<text class=\"label\" x=\"{LabelWidth - 8}\" y=\"{middle}\">{Encoded(server)}</text>");
            Append(svg, $"<rect class=\"{familyOf(server)}\" x=\"{LabelWidth}\" y=\"{middle - BarHeight / 2}\" ",
                $"width=\"{Math.Max(Along(samples.Median) - LabelWidth, 1):F1}\" height=\"{BarHeight}\" rx=\"2\"><title>{Encoded(server)}",
                $": {value} ({Encoded(quantity.Title)})</title></rect>");
            if (samples.Most > samples.Least)
                Append(svg, $"<path class=\"spread\" d=\"M{Along(samples.Least):F1} {middle}H{Along(samples.Most):F1}",
                    $"M{Along(samples.Least):F1} {middle - 4}v8M{Along(samples.Most):F1} {middle - 4}v8\"/>");
            Append(svg, $"<text class=\"value\" x=\"{Math.Max(Along(samples.Most), Along(samples.Median)) + 8:F1}\" ",
                $"y=\"{middle}\">{value}</text>\n");
        }
        svg.Append("</svg></figure>\n");
        return svg.ToString();
    }

    private static void Append(StringBuilder svg, params FormattableString[] parts)
    {
        foreach (var part in parts)
            svg.Append(part.ToString(CultureInfo.InvariantCulture));
    }

    private static string Encoded(string text) => WebUtility.HtmlEncode(text);
}
