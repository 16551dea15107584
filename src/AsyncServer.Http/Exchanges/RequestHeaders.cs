using System.Collections;
using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// The header lines of a request, in order, as long as the request lives. Values are Latin-1, without white space around.
/// </summary>
public readonly struct RequestHeaders : IReadOnlyList<(string Name, string Value)>, IEquatable<RequestHeaders>
{
    private readonly Request _request;

    internal RequestHeaders(Request request) => _request = request;

    /// <summary>How many header lines there are.</summary>
    public int Count => _request.Live.Head.HeaderCount;

    /// <summary>The lines as bytes; valid until the handler's next <c>await</c>.</summary>
    public RawHeaders Raw
    {
        get
        {
            var exchange = _request.Live;
            return new RawHeaders(exchange.Head.Headers, exchange.Message);
        }
    }

    /// <inheritdoc/>
    public (string Name, string Value) this[int index]
    {
        get
        {
            var field = _request.Live.Head.Headers[index];
            return (_request.Text(field.Name), _request.Text(field.Value));
        }
    }

    /// <summary>
    /// The value of that name, in any letter case, or null. Several lines are joined as RFC 9110 section 5.3 says: with
    /// <c>", "</c>, and Cookie with <c>"; "</c> (RFC 6265 section 5.4).
    /// </summary>
    public string? this[string name]
    {
        get
        {
            string? joined = null;
            foreach (var field in _request.Live.Head.Headers)
            {
                if (!Is(field.Name, name))
                    continue;
                string value = _request.Text(field.Value);
                bool isCookie = name.Equals("Cookie", StringComparison.OrdinalIgnoreCase);
                joined = joined is null ? value : $"{joined}{(isCookie ? "; " : ", ")}{value}";
            }
            return joined;
        }
    }

    /// <summary>Whether a line of that name was sent, in any letter case.</summary>
    public bool Contains(string name)
    {
        foreach (var field in _request.Live.Head.Headers)
        {
            if (Is(field.Name, name))
                return true;
        }
        return false;
    }

    /// <inheritdoc/>
    public IEnumerator<(string Name, string Value)> GetEnumerator()
    {
        for (int i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Of the same request.</summary>
    public bool Equals(RequestHeaders other) => _request == other._request;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is RequestHeaders other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _request.GetHashCode();

    /// <inheritdoc cref="Equals(RequestHeaders)"/>
    public static bool operator ==(RequestHeaders left, RequestHeaders right) => left.Equals(right);

    /// <inheritdoc cref="Equals(RequestHeaders)"/>
    public static bool operator !=(RequestHeaders left, RequestHeaders right) => !left.Equals(right);

    private bool Is(Slice name, string other) => Ascii.EqualsIgnoreCase(name.Of(_request.Live.Message), other);
}
