using System.Collections;
using System.Text;

namespace AsyncServer.Http;

/// <summary>
/// Header fields that are put together once and sent with many responses (<see cref="ResponseWriter.Prepared"/>): they are checked here,
/// and encoded once. It does not change, so any number of hubs may use it.
/// </summary>
/// <example>
/// <code>
/// private static readonly PreparedFields Fields = new([("Content-Type", "image/svg+xml"), ("Cache-Control", "max-age=3600")]);
/// server.Routes.MapHandler("/logo.svg", (request, response, _) =&gt;
/// {
///     response.Prepared = Fields;
///     response.ContentLength = logo.Length;
///     return response.WriteAsync(logo);
/// });
/// </code>
/// </example>
public sealed class PreparedFields : IReadOnlyList<(string Name, string Value)>
{
    private readonly (string Name, string Value)[] _fields;
    private byte[]? _lines;

    /// <summary>Checks the fields.</summary>
    /// <param name="fields">In the order in which they are sent.</param>
    /// <exception cref="ArgumentException">A name or a value may not stand in a header, or the server alone may set it: also
    /// Content-Length, Connection, Date, Server and X-Request-Id.</exception>
    public PreparedFields(IEnumerable<(string Name, string Value)> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        _fields = [.. fields];
        foreach (var (name, value) in _fields)
        {
            HeaderSyntax.CheckResponseHeader(name, value);
            if (ServerField.Of(name) != ServerFields.None)
                throw new ArgumentException($"{name} is not known before the response is; it cannot be prepared.", nameof(fields));
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _fields.Length;

    /// <inheritdoc/>
    public (string Name, string Value) this[int index] => _fields[index];

    /// <inheritdoc/>
    public IEnumerator<(string Name, string Value)> GetEnumerator() => ((IEnumerable<(string, string)>)_fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Bytes that keeping them takes, about.</summary>
    internal int Weight
    {
        get
        {
            int weight = 0;
            foreach (var (name, value) in _fields)
                weight += name.Length + (3 * value.Length); // names are shared; a value is kept as text and in a line
            return weight;
        }
    }

    /// <summary>
    /// The lines that HTTP/1 sends for them, each with its CRLF. Two hubs that ask at the same time may both make them, to the same bytes.
    /// </summary>
    internal byte[] Lines =>
        _lines ??= Encoding.Latin1.GetBytes(string.Concat(_fields.Select(static pair => $"{pair.Name}: {pair.Value}\r\n")));
}
