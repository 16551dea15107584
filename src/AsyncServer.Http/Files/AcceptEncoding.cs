using System.Text;

namespace AsyncServer.Http;

/// <summary>The choice between content as it is and in a coding (RFC 9110 section 12.5.3).</summary>
internal static class AcceptEncoding
{
    /// <summary>
    /// The most welcome version; the compressed one where they are equally welcome. A client that excludes all there are gets the file as
    /// it is: 12.4.1 leaves it to us to disregard such a wish.
    /// </summary>
    internal static Representation Choose(ServedFile file, RawHeaders headers)
    {
        var weights = new CodingWeights(stackalloc int[ContentCoding.All.Length]);
        foreach (var header in headers)
        {
            if (header.Is("Accept-Encoding"u8))
                weights.Read(header.Value);
        }

        Representation? best = null;
        int bestWeight = 0;
        foreach (var encoded in file.Encoded)
        {
            int weight = weights.Of(encoded.Coding!);
            if (weight > bestWeight)
                (best, bestWeight) = (encoded, weight);
        }
        return best is not null && bestWeight >= weights.OfIdentity ? best : file.Plain;
    }

    /// <summary>The most welcome of some codings, the first of equally welcome ones; null where none is.</summary>
    /// <param name="codings">Some of <see cref="ContentCoding.All"/>.</param>
    /// <param name="value">The header's value, or null without one.</param>
    internal static ContentCoding? Choose(IEnumerable<ContentCoding> codings, string? value)
    {
        var weights = new CodingWeights(stackalloc int[ContentCoding.All.Length]);
        weights.Read(Encoding.Latin1.GetBytes(value ?? ""));
        ContentCoding? best = null;
        int bestWeight = 0;
        foreach (var coding in codings)
        {
            int weight = weights.Of(coding);
            if (weight > bestWeight)
                (best, bestWeight) = (coding, weight);
        }
        return bestWeight >= weights.OfIdentity ? best : null;
    }
}
