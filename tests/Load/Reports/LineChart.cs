using System.Globalization;
using System.Net;
using System.Text;

namespace AsyncServer.Load;

/// <summary>
/// A chart as an SVG element that stands in an HTML page: it loads nothing, and follows the reader's light or dark colours by
/// <see cref="Style"/>, which belongs once into the head of the page.
/// </summary>
internal sealed class LineChart
{
    private const int Width = 840;
    private const int PlotLeft = 64;
    private const int PlotTop = 16;
    private const int PlotWidth = 540;
    private const int PlotHeight = 260;
    private const int PlotBottom = PlotTop + PlotHeight;
    private const int LegendLeft = PlotLeft + PlotWidth + 24;
    private const int LegendRow = 22;
    private const int Colours = 8;

    // More points than this are a curve, where dots would only hide it.
    private const int MostDots = 40;

    /// <summary>The rules of the charts' colours and letters, without the style element around them.</summary>
    public const string Style = """
        .chart { --ink: #1c2330; --faint: #667085; --grid: #e4e7ec; --c0: #0b6bcb; --c1: #d9480f; --c2: #2b8a3e; --c3: #9c36b5;
          --c4: #b08900; --c5: #0c8599; --c6: #c2255c; --c7: #5f6b7a; margin: 1.5rem 0; max-width: 840px; }
        @media (prefers-color-scheme: dark) { .chart { --ink: #e6e9ef; --faint: #98a2b3; --grid: #303846; --c0: #6cb2ff; --c1: #ff9561;
        --c2: #6fd388;
          --c3: #d79bec; --c4: #e6c34f; --c5: #5fd0e0; --c6: #ff8db3; --c7: #aab4c3; } }
        .chart figcaption { font-weight: 600; margin-bottom: .25rem; }
        .chart figcaption small { display: block; font-weight: 400; color: var(--faint); }
        .chart svg { display: block; width: 100%; height: auto; font: 12px system-ui, sans-serif; }
        .chart text { fill: var(--ink); }
        .chart .mark, .chart .axis { fill: var(--faint); }
        .chart .grid { stroke: var(--grid); }
        .chart .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        """;

    /// <summary>What the chart shows, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>How to read it; below the title.</summary>
    public string? Note { get; init; }

    /// <summary>The quantity and its unit along the bottom.</summary>
    public required string XLabel { get; init; }

    /// <summary>The quantity and its unit up the side.</summary>
    public required string YLabel { get; init; }

    /// <summary>Whether equal steps to the right are equal factors.</summary>
    public bool LogX { get; init; }

    /// <summary>Whether equal steps up are equal factors. What is not above zero lies on the bottom line.</summary>
    public bool LogY { get; init; }

    /// <summary>The lines, in the order of the legend. The same place has the same colour in each chart; there are eight.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    private int Height => Math.Max(PlotBottom + 48, PlotTop + Series.Count * LegendRow);

    /// <summary>The chart as a figure element.</summary>
    public string ToHtml()
    {
        var html = new StringBuilder();
        Append(html, $"""<figure class="chart"><figcaption>{Escape(Title)}""");
        if (Note is not null)
            Append(html, $"<small>{Escape(Note)}</small>");
        Append(html, $"""</figcaption><svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Escape(Title)}">""");
        AppendPlot(html);
        return html.Append("</svg></figure>").ToString();
    }

    /// <summary>The chart as a file of its own, for pages that show it as a picture.</summary>
    public string ToSvg()
    {
        var svg = new StringBuilder();
        Append(svg, $"""
            <svg xmlns="http://www.w3.org/2000/svg" class="chart" style="margin: 0" viewBox="0 0 {Width} {Height}" width="{Width}"
            height="{Height}" font-family="system-ui, sans-serif" font-size="12"><title>{Escape(Title)}</title><style>{Style}</style>
            """);
        AppendPlot(svg);
        return svg.Append("</svg>").ToString();
    }

    private void AppendPlot(StringBuilder html)
    {
        var points = Series.SelectMany(series => series.Points).Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y))
            .ToArray();
        var x = Axis(LogX, points.Select(point => point.X));
        var y = Axis(LogY, points.Select(point => point.Y));
        foreach (double tick in x.Ticks)
        {
            Append(html, $"""<text class="mark" x="{Across(x, tick):0.#}" y="{PlotBottom + 18}" """);
            Append(html, $"""text-anchor="middle">{ChartAxis.Text(tick)}</text>""");
        }
        foreach (double tick in y.Ticks)
            Append(html, $"""
                <line class="grid" x1="{PlotLeft}" x2="{PlotLeft + PlotWidth}" y1="{Up(y, tick):0.#}" y2="{Up(y, tick):0.#}"/><text
                class="mark" x="{PlotLeft - 8}" y="{Up(y, tick) + 4:0.#}" text-anchor="end">{ChartAxis.Text(tick)}</text>
                """);
        Append(html, $"""<text class="axis" x="{PlotLeft + PlotWidth / 2}" y="{PlotBottom + 40}" """);
        Append(html, $"""text-anchor="middle">{Escape(XLabel)}</text>""");
        Append(html, $"""<text class="axis" transform="translate(14 {PlotTop + PlotHeight / 2}) rotate(-90)" """);
        Append(html, $"""text-anchor="middle">{Escape(YLabel)}</text>""");
        for (int index = 0; index < Series.Count; index++)
            AppendSeries(html, index, x, y);
    }

    private static ChartAxis Axis(bool logarithmic, IEnumerable<double> values) =>
        logarithmic ? ChartAxis.Logarithmic(values) : ChartAxis.Linear(values);

    private void AppendSeries(StringBuilder html, int index, ChartAxis x, ChartAxis y)
    {
        var series = Series[index];
        string colour = $"var(--c{index % Colours})";
        // A line is told from its neighbours without its colour too.
        string dashes = (index % 4) switch { 1 => "7 4", 2 => "2 4", 3 => "9 4 2 4", _ => "none" };
        var path = new StringBuilder();
        var dots = new StringBuilder();
        bool begun = false;
        foreach (var (pointX, pointY) in series.Points)
        {
            if (!double.IsFinite(pointX) || !double.IsFinite(pointY))
            {
                begun = false;
                continue;
            }
            Append(path, $"{(begun ? 'L' : 'M')}{Across(x, pointX):0.#} {Up(y, pointY):0.#}");
            begun = true;
            if (series.Points.Count <= MostDots)
                Append(dots, $"""
                    <circle cx="{Across(x, pointX):0.#}" cy="{Up(y, pointY):0.#}" r="3.5" fill="{colour}">
                    <title>{Escape(series.Name)}: {pointY:#,0.###} at {pointX:#,0.###}</title></circle>
                    """);
        }
        Append(html, $"""<path class="line" stroke="{colour}" stroke-dasharray="{dashes}" d="{path}"/>{dots}""");
        int legend = PlotTop + 8 + index * LegendRow;
        Append(html, $"""
            <path class="line" stroke="{colour}" stroke-dasharray="{dashes}" d="M{LegendLeft} {legend}h28"/><text x="{LegendLeft + 36}"
            y="{legend + 4}">{Escape(series.Name)}</text>
            """);
    }

    private static double Across(ChartAxis axis, double value) => PlotLeft + axis.Position(value) * PlotWidth;

    private static double Up(ChartAxis axis, double value) => PlotBottom - axis.Position(value) * PlotHeight;

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private static void Append(StringBuilder html, FormattableString text) => html.Append(text.ToString(CultureInfo.InvariantCulture));
}
