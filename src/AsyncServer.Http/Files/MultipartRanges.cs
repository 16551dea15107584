using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Several parts of a file in one body: <c>multipart/byteranges</c> (RFC 9110 section 14.6).</summary>
internal sealed class MultipartRanges
{
    // 128 bits, chosen after the file was written: nobody can have put them into it.
    private const int BoundaryDigits = 32;

    private readonly Representation _representation;
    private readonly ByteRange[] _ranges;
    private readonly byte[][] _heads;
    private readonly string _boundary = RandomNumberGenerator.GetHexString(BoundaryDigits, lowercase: true);
    private readonly byte[] _end;

    internal MultipartRanges(Representation representation, ReadOnlySpan<ByteRange> ranges)
    {
        _representation = representation;
        _ranges = ranges.ToArray();
        _heads = Array.ConvertAll(_ranges, HeadOf);
        _heads[0] = _heads[0]["\r\n".Length..]; // it ends a part, and none comes before
        _end = Encoding.ASCII.GetBytes($"\r\n--{_boundary}--\r\n");
    }

    /// <summary>Whether parts would be sent twice: what only breaks clients or servers (RFC 9110 section 14.2).</summary>
    internal static bool Overlap(ReadOnlySpan<ByteRange> ranges)
    {
        for (int i = 1; i < ranges.Length; i++)
        {
            foreach (var other in ranges[..i])
            {
                if (ranges[i].Start < other.Start + other.Length && other.Start < ranges[i].Start + ranges[i].Length)
                    return true;
            }
        }
        return false;
    }

    /// <param name="response">Not started.</param>
    /// <param name="file">Where the content is, unless the representation has it.</param>
    internal async ValueTask SendAsync(ResponseWriter response, OpenFile? file)
    {
        long left = _heads.Sum(static head => (long)head.Length) + _ranges.Sum(static range => range.Length) + _end.Length;
        response.StatusCode = 206;
        response.Prepared = _representation.FieldsWithoutType;
        response.Headers.AddChecked("Content-Type", $"multipart/byteranges; boundary={_boundary}");
        response.ContentLength = left;
        for (int i = 0; i < _ranges.Length; i++)
        {
            await response.WriteAsync(_heads[i]);
            left -= _heads[i].Length + _ranges[i].Length;
            if (_representation.Content is { } content)
                await response.WriteAsync(content.AsMemory((int)_ranges[i].Start, (int)_ranges[i].Length));
            else
                await response.SendFileAsync(file!.Handle, _ranges[i].Start, _ranges[i].Length);
            if (response.BytesOwed > left)
                return; // the file became shorter while it was sent: the connection will be cut
        }
        await response.WriteAsync(_end);
    }

    private byte[] HeadOf(ByteRange range) => Encoding.Latin1.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $"\r\n--{_boundary}\r\nContent-Type: {_representation.ContentType}\r\nContent-Range: "
            + $"{range.ContentRange(_representation.Length)}\r\n\r\n"));
}
