using System.Text;

namespace AsyncServer.Http;

/// <summary>What Accept-Encoding says of each coding, in thousandths.</summary>
internal ref struct CodingWeights
{
    private const int NotNamed = -1;

    private readonly Span<int> _weights;
    private int _identity = NotNamed;
    private int _others = NotNamed;

    /// <param name="weights">Room for one of each of <see cref="ContentCoding.All"/>.</param>
    internal CodingWeights(Span<int> weights)
    {
        _weights = weights;
        _weights.Fill(NotNamed);
    }

    /// <summary>The weight of content as it is; negative where nothing was said that covers it.</summary>
    internal readonly int OfIdentity => Or(_identity);

    /// <inheritdoc cref="OfIdentity"/>
    internal readonly int Of(ContentCoding coding) => Or(_weights[Array.IndexOf(ContentCoding.All, coding)]);

    /// <summary>Reads one line of the header.</summary>
    internal void Read(ReadOnlySpan<byte> value)
    {
        var elements = new CommaList(value);
        while (elements.Next(out var element))
        {
            if (!QualityValue.TryRead(element, out var name, out int weight))
                continue;
            if (name.SequenceEqual("*"u8))
                _others = weight;
            else if (Ascii.EqualsIgnoreCase(name, "identity"u8))
                _identity = weight;
            else if (IndexOf(name) is >= 0 and int index)
                _weights[index] = weight;
        }
    }

    private readonly int Or(int weight) => weight == NotNamed ? _others : weight;

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
