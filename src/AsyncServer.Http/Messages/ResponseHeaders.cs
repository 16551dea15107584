using System.Collections;

namespace AsyncServer.Http;

/// <summary>
/// The headers that an app adds to a response. Names must be tokens and values free of CR, LF, NUL and other control bytes
/// (RFC 9110 section 5.5): what could split a response is refused when it is set.
/// </summary>
public sealed class ResponseHeaders : IReadOnlyList<(string Name, string Value)>
{
    private readonly List<(string Name, string Value)> _fields = [];
    private ServerFields _serverFields;
    private bool _isSealed;

    internal ResponseHeaders() { }

    /// <summary>How many headers there are.</summary>
    public int Count => _fields.Count;

    /// <inheritdoc/>
    public (string Name, string Value) this[int index] => _fields[index];

    /// <summary>The first value of that name, in any letter case, or null; setting replaces all of that name, null removes them.</summary>
    /// <exception cref="ArgumentException">The name or the value may not stand in a header.</exception>
    /// <exception cref="InvalidOperationException">The head has left.</exception>
    public string? this[string name]
    {
        get
        {
            foreach (var field in _fields)
            {
                if (HeaderSyntax.Is(field.Name, name))
                    return field.Value;
            }
            return null;
        }
        set
        {
            CheckOpen();
            _fields.RemoveAll(field => HeaderSyntax.Is(field.Name, name));
            _serverFields &= ~ServerField.Of(name);
            if (value is not null)
                Add(name, value);
        }
    }

    /// <summary>Adds a header, beside others of the same name.</summary>
    /// <exception cref="ArgumentException">The name or the value may not stand in a header, or the server alone may set it.</exception>
    /// <exception cref="InvalidOperationException">The head has left.</exception>
    public void Add(string name, string value)
    {
        CheckOpen();
        HeaderSyntax.CheckResponseHeader(name, value);
        AddChecked(name, value);
    }

    /// <inheritdoc/>
    public IEnumerator<(string Name, string Value)> GetEnumerator() => _fields.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal List<(string Name, string Value)>.Enumerator GetFields() => _fields.GetEnumerator();

    /// <summary>Adds what was checked when it was made; the server's own constants and a response's headers.</summary>
    internal void AddChecked(string name, string value)
    {
        _serverFields |= ServerField.Of(name);
        _fields.Add((name, value));
    }

    /// <summary>Whether there is one of these: nobody looks through all fields for what is seldom set.</summary>
    internal bool HasAny(ServerFields fields) => (_serverFields & fields) != ServerFields.None;

    internal void Seal() => _isSealed = true;

    internal void Reset()
    {
        _fields.Clear();
        _serverFields = ServerFields.None;
        _isSealed = false;
    }

    private void CheckOpen()
    {
        if (_isSealed)
            throw new InvalidOperationException("The response head has left; headers can no longer be set.");
    }
}
