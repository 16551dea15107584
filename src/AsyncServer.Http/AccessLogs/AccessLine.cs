using System.Buffers;
using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// Writes one line of an access log. What comes from outside is escaped, so that it neither ends the line nor leaves its quotes: quotes and
/// backslashes get a backslash, control bytes and those from 0x7F become <c>\xHH</c>, in JSON <c>\u00HH</c>.
/// </summary>
internal ref struct AccessLine(Span<byte> target)
{
    // Escaped it may be six times as long, and several fields must fit a hub's buffer. The request line has this limit by default.
    private const int MaxFieldSize = 8 * 1024;

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(' ', 0x7F - ' ').Where(static value => value is not '"' and not '\\')
            .Select(static value => (byte)value)]);

    private readonly Span<byte> _target = target;

    internal int Length { get; private set; }

    /// <summary>Whether something did not fit: then the line is not to be used.</summary>
    internal bool IsFull { get; private set; }

    /// <summary>Bytes that need no escape.</summary>
    internal void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        if (bytes.TryCopyTo(_target[Length..]))
            Length += bytes.Length;
        else
            IsFull = true;
    }

    internal void Number(long value)
    {
        if (value.TryFormat(_target[Length..], out int written, default, CultureInfo.InvariantCulture))
            Length += written;
        else
            IsFull = true;
    }

    /// <summary>A value from outside, or a hyphen where there is none.</summary>
    internal void TextOrNothing(scoped ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            Raw("-"u8);
        else
            Escaped(value, isJson: false);
    }

    /// <summary>A value from outside.</summary>
    internal void Escaped(scoped ReadOnlySpan<byte> value, bool isJson)
    {
        value = value[..Math.Min(value.Length, MaxFieldSize)];
        while (!IsFull)
        {
            int stop = value.IndexOfAnyExcept(Plain);
            if (stop < 0)
            {
                Raw(value);
                return;
            }
            Raw(value[..stop]);
            Escape(value[stop], isJson);
            value = value[(stop + 1)..];
        }
    }

    /// <summary>A value that is held as text: Latin-1.</summary>
    internal void Escaped(string value, bool isJson) => Escaped(Encoding.Latin1.GetBytes(value), isJson);

    private void Escape(byte value, bool isJson)
    {
        if (value is (byte)'"' or (byte)'\\')
        {
            Raw([(byte)'\\', value]);
            return;
        }
        Raw(isJson ? "\\u00"u8 : "\\x"u8);
        Raw([Digit(value >> 4), Digit(value & 0xF)]);
    }

    private static byte Digit(int value) => (byte)(value < 10 ? '0' + value : 'a' + value - 10);
}
