using System.Text;

namespace AsyncServer.Http;

/// <summary>The choice between a file and its compressed siblings (RFC 9110 section 12.5.3).</summary>
internal static class AcceptEncoding
{
    private const int NotNamed = -1;

    /// <summary>
    /// The most welcome version; the compressed one where they are equally welcome. A client that excludes all there are gets the file as
    /// it is: 12.4.1 leaves it to us to disregard such a wish.
    /// </summary>
    internal static Representation Choose(ServedFile file, RequestHead head, ReadOnlySpan<byte> message)
    {
        Span<int> weights = stackalloc int[ContentCoding.All.Length];
        weights.Fill(NotNamed);
        int identity = NotNamed;
        int others = NotNamed;
        foreach (ref readonly var header in head.Headers)
        {
            if (!Ascii.EqualsIgnoreCase(header.Name.Of(message), "Accept-Encoding"u8))
                continue;
            var elements = new CommaList(header.Value.Of(message));
            while (elements.Next(out var element))
            {
                if (!QualityValue.TryRead(element, out var name, out int weight))
                    continue;
                if (name.SequenceEqual("*"u8))
                    others = weight;
                else if (Ascii.EqualsIgnoreCase(name, "identity"u8))
                    identity = weight;
                else if (IndexOf(name) is >= 0 and int index)
                    weights[index] = weight;
            }
        }

        Representation? best = null;
        int bestWeight = 0;
        foreach (var encoded in file.Encoded)
        {
            int weight = Or(weights[Array.IndexOf(ContentCoding.All, encoded.Coding)], others);
            if (weight > bestWeight)
                (best, bestWeight) = (encoded, weight);
        }
        return best is not null && bestWeight >= Or(identity, others) ? best : file.Plain;
    }

    private static int Or(int weight, int others) => weight == NotNamed ? others : weight;

    private static int IndexOf(ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < ContentCoding.All.Length; i++)
        {
            if (ContentCoding.All[i].IsNamed(name))
                return i;
        }
        return -1;
    }
}
