using System.Globalization;

namespace AsyncServer.Bench;

/// <summary>Prints Markdown that also reads well in a terminal.</summary>
internal sealed class Report(TextWriter output)
{
    public void Line(params FormattableString[] parts) =>
        output.WriteLine(string.Concat(parts.Select(static part => part.ToString(CultureInfo.InvariantCulture))));

    /// <param name="header">The names of the columns; the first is aligned left, the others right.</param>
    /// <param name="rows">The cells, as many in each row as the header has.</param>
    public void Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<FormattableString>> rows)
    {
        IReadOnlyList<string>[] lines =
            [header, .. rows.Select(row => row.Select(cell => cell.ToString(CultureInfo.InvariantCulture)).ToArray())];
        int[] widths = [.. header.Select((_, column) => lines.Max(line => line[column].Length))];

        output.WriteLine();
        WriteRow(lines[0], widths);
        output.WriteLine($"|{string.Join('|', widths.Select((width, column) => column == 0
            ? new string('-', width + 2)
            : $"{new string('-', width + 1)}:"))}|");
        foreach (var line in lines[1..])
            WriteRow(line, widths);
        output.WriteLine();
    }

    private void WriteRow(IReadOnlyList<string> cells, int[] widths) =>
        output.WriteLine($"| {string.Join(" | ", cells.Select((cell, column) =>
            column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |");
}
