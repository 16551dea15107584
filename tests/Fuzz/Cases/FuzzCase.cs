using System.Globalization;
using System.Text;

namespace AsyncServer.Fuzz;

/// <summary>One conversation: what a client sends, in which pieces, and what it does then. A text file can hold it.</summary>
/// <param name="Pieces">Each is sent by itself, after a pause.</param>
/// <param name="End">What comes after the last piece.</param>
internal sealed record FuzzCase(IReadOnlyList<FuzzPiece> Pieces, FuzzEnd End)
{
    /// <summary>The ending of such a file's name.</summary>
    internal const string FileExtension = ".case";

    internal byte[] Bytes => [.. Pieces.SelectMany(static piece => piece.Bytes)];

    /// <summary>Reads what <see cref="Format"/> wrote. Lines that begin with # are remarks.</summary>
    /// <exception cref="FormatException">
    /// A line is none of <c>send TEXT</c>, <c>pause MILLISECONDS</c>, <c>end NAME</c>; the message has its number.
    /// </exception>
    internal static FuzzCase Parse(string text)
    {
        var pieces = new List<FuzzPiece>();
        var end = FuzzEnd.HalfClose;
        int pause = 0;
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i][0] == '#')
                continue;
            string[] words = lines[i].Split(' ', 2);
            if (words is ["send", var bytes])
            {
                pieces.Add(new FuzzPiece(Unescape(bytes, i + 1), pause));
                pause = 0;
            }
            else if (words is not ["pause", var milliseconds]
                || !int.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out pause))
            {
                if (words is not ["end", var name] || !Enum.TryParse(name, out end))
                    throw new FormatException(
                        $"line {i + 1}: expected 'send TEXT', 'pause MILLISECONDS' or 'end {string.Join('|', Enum.GetNames<FuzzEnd>())}'");
            }
        }
        return new FuzzCase(pieces, end);
    }

    /// <summary>The case as text, under a remark.</summary>
    internal string Format(string remark)
    {
        var text = new StringBuilder();
        foreach (string line in remark.Split('\n'))
            text.Append("# ").Append(line.TrimEnd()).Append('\n');
        foreach (var piece in Pieces)
        {
            if (piece.Pause > 0)
                text.Append(CultureInfo.InvariantCulture, $"pause {piece.Pause}\n");
            text.Append("send ").Append(Escape(piece.Bytes)).Append('\n');
        }
        return text.Append(CultureInfo.InvariantCulture, $"end {End}\n").ToString();
    }

    private static string Escape(byte[] bytes)
    {
        var text = new StringBuilder();
        for (int i = 0; i < bytes.Length; i++)
        {
            bool isLast = i == bytes.Length - 1; // an editor would take a blank away there
            text.Append((char)bytes[i] switch
            {
                '\r' => "\\r",
                '\n' => "\\n",
                '\\' => "\\\\",
                ' ' when isLast => "\\x20",
                var c and >= ' ' and <= '~' => c.ToString(),
                var c => $"\\x{(int)c:X2}",
            });
        }
        return text.ToString();
    }

    private static byte[] Unescape(string text, int line)
    {
        var bytes = new List<byte>();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                bytes.Add((byte)text[i]);
                continue;
            }
            char kind = ++i < text.Length ? text[i] : '\0';
            byte value = 0;
            if (kind == 'x' && (i + 3 > text.Length
                || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out value)))
                kind = '\0';
            bytes.Add(kind switch
            {
                'r' => (byte)'\r',
                'n' => (byte)'\n',
                '\\' => (byte)'\\',
                'x' => value,
                _ => throw new FormatException($"line {line}: an escape that is none of \\r, \\n, \\\\ and \\xNN"),
            });
            i += kind == 'x' ? 2 : 0;
        }
        return [.. bytes];
    }
}
