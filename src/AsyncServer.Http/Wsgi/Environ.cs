using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary>
/// The request as WSGI gives it to an app (PEP 3333, "environ Variables"): a dictionary of its own for each request, which apps and
/// middleware may write to; what they write lives as long as the request. Values are made when they are asked for. Text is .NET text:
/// <c>PATH_INFO</c> is decoded as UTF-8 and needs no second decoding, header values are Latin-1.
/// </summary>
/// <remarks>
/// A key without a value is absent: <c>CONTENT_TYPE</c> and <c>CONTENT_LENGTH</c> where the client sent none, and <c>HTTP_*</c>. Header
/// names with an underscore are dropped, since <c>HTTP_*</c> could not tell them from names with a hyphen. <c>SERVER_NAME</c> and
/// <c>SERVER_PORT</c> are the address that the request came to, whatever Host says; <c>localhost</c> and <c>80</c> where the transport has
/// none. The properties read the dictionary, so that they show what middleware has written.
/// </remarks>
public sealed class Environ : IDictionary<string, object?>
{
    /// <summary>The key of <see cref="CancellationToken"/>.</summary>
    public const string CancellationKey = "asyncserver.cancellation";

    /// <summary>
    /// The key of what a URL map took from the path (the wsgiorg.routing_args convention): positional values, always none, and named ones.
    /// </summary>
    public const string RoutingKey = "wsgiorg.routing_args";

    private const string FormKey = "asyncserver.form";

    private readonly EnvironVariables _variables;
    private Dictionary<string, object?>? _written; // over the computed ones
    private List<IDisposable>? _atEnd;
    private Dictionary<string, object?>? _all; // once somebody wanted all of them, instead of both

    internal Environ(Request request, ResponseWriter response, ILogger logger, CancellationToken cancellation) =>
        _variables = new EnvironVariables(request, response, logger, cancellation);

    /// <summary>The request itself.</summary>
    public Request Request => _variables.Request;

    /// <summary><c>REQUEST_METHOD</c>, case-sensitive.</summary>
    public string Method => Text("REQUEST_METHOD");

    /// <summary>
    /// <c>SCRIPT_NAME</c>: the part of the path that led to this app, <see cref="HttpServerOptions.RootPath"/> included; empty at the root.
    /// </summary>
    public string ScriptName => Text("SCRIPT_NAME");

    /// <summary>
    /// <c>PATH_INFO</c>: the rest of the path, percent-decoded once. Possibly empty in an app that a <see cref="UrlMap"/> has below a
    /// prefix.
    /// </summary>
    public string Path => Text("PATH_INFO");

    /// <summary><c>QUERY_STRING</c>, undecoded, without the question mark.</summary>
    public string QueryString => Text("QUERY_STRING");

    /// <summary>The query's parameters, decoded; a name that is not there gives an empty value. Parsed again by each call.</summary>
    public IQueryCollection Query => new QueryCollection(QueryHelpers.ParseQuery(QueryString));

    /// <summary><c>SERVER_PROTOCOL</c>: <c>HTTP/1.0</c> or <c>HTTP/1.1</c>.</summary>
    public string Protocol => Text("SERVER_PROTOCOL");

    /// <summary><c>CONTENT_TYPE</c>, or null.</summary>
    public string? ContentType => Find("CONTENT_TYPE") as string;

    /// <summary><c>CONTENT_LENGTH</c> in bytes, or null without one: no body, or one in chunks.</summary>
    public long? ContentLength =>
        long.TryParse(Find("CONTENT_LENGTH") as string, NumberStyles.None, CultureInfo.InvariantCulture, out long length) ? length : null;

    /// <summary><c>REMOTE_ADDR</c>: the client's IP address; empty where the transport has none.</summary>
    public string RemoteAddress => Text("REMOTE_ADDR");

    /// <summary><c>wsgi.url_scheme</c>: <c>http</c> or <c>https</c>.</summary>
    public string UrlScheme => Text("wsgi.url_scheme");

    /// <summary><c>wsgi.input</c>: the request's body, which ends where the body ends. It is read asynchronously.</summary>
    public Stream Input => (Stream)this["wsgi.input"]!;

    /// <summary><c>wsgi.errors</c>: lines written here stand in the server's log.</summary>
    public TextWriter Errors => (TextWriter)this["wsgi.errors"]!;

    /// <summary>Cancelled when the connection can no longer carry an answer.</summary>
    public CancellationToken CancellationToken => (CancellationToken)this[CancellationKey]!;

    /// <summary>
    /// What the placeholders of a <see cref="UrlMap"/> took from the path: texts, and <see cref="int"/> of <c>{name:int}</c>.
    /// </summary>
    public IReadOnlyDictionary<string, object> RouteValues =>
        Find(RoutingKey) is (object[], IReadOnlyDictionary<string, object> named) ? named
            : System.Collections.ObjectModel.ReadOnlyDictionary<string, object>.Empty;

    /// <summary>
    /// The request's cookies (RFC 6265 section 4.2): of several with a name the first, which is the one with the longest path. What the
    /// grammar does not allow is passed over. Values are as they were sent. Parsed again by each call.
    /// </summary>
    public IReadOnlyDictionary<string, string> Cookies => RequestCookies.Parse(Find("HTTP_COOKIE") as string);

    /// <summary>The visitor's session.</summary>
    /// <exception cref="InvalidOperationException">The app is not wrapped by <see cref="Sessions.Wrap"/>.</exception>
    public Session Session => Find(Session.EnvironKey) as Session
        ?? throw new InvalidOperationException("There is no session: wrap the app by Sessions.Wrap(app).");

    /// <summary>
    /// Reads the body as an HTML form: <c>multipart/form-data</c> (RFC 7578) or <c>application/x-www-form-urlencoded</c>, in UTF-8. Files
    /// that are large go to disk, and are gone when the request has ended. Another call gives the same form.
    /// </summary>
    /// <param name="options">Limits; the first call's count.</param>
    /// <exception cref="RequestBodyException">
    /// 415 for another media type or charset, 413 for more than a limit allows, 400 for a malformed form, or the body could not be
    /// read. An app that lets it pass has the server answer so.
    /// </exception>
    public Task<Form> ReadFormAsync(FormOptions? options = null)
    {
        if (Find(FormKey) is Task<Form> known)
            return known;
        var form = new Form();
        DisposeAtEnd(form);
        var reading = FormParser.ReadAsync(form, ContentType, ContentLength, Input, options ?? FormOptions.Default);
        this[FormKey] = reading;
        return reading;
    }

    /// <summary>Has something disposed when the response has been sent, or has failed; what was given last goes first.</summary>
    public void DisposeAtEnd(IDisposable item)
    {
        ArgumentNullException.ThrowIfNull(item);
        (_atEnd ??= []).Add(item);
    }

    /// <summary>
    /// Sends header lines in a 103 before the response, such as Link (RFC 8297); nothing to an HTTP/1.0 client. Also
    /// <c>wsgi.early_hints</c>.
    /// </summary>
    /// <exception cref="ArgumentException">A header is not allowed.</exception>
    /// <exception cref="InvalidOperationException">The response's head has left.</exception>
    public ValueTask SendEarlyHintsAsync(IReadOnlyList<(string Name, string Value)> headers) => _variables.SendEarlyHintsAsync(headers);

    /// <summary>A value.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public object? this[string key]
    {
        get => TryGetValue(key, out object? value) ? value : throw new KeyNotFoundException($"There is no '{key}' in this environ.");
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            (_all ?? (_written ??= []))[key] = value;
        }
    }

    /// <inheritdoc/>
    public ICollection<string> Keys => All.Keys;

    /// <inheritdoc/>
    public ICollection<object?> Values => All.Values;

    /// <summary>How many keys there are.</summary>
    public int Count => All.Count;

    /// <summary>False.</summary>
    public bool IsReadOnly => false;

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (_all is not null)
            return _all.TryGetValue(key, out value);
        if (_written is not null && _written.TryGetValue(key, out value))
            return true;
        value = _variables.Find(key);
        return value is not null;
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => TryGetValue(key, out _);

    /// <inheritdoc/>
    public void Add(string key, object? value) => All.Add(key, value);

    /// <inheritdoc/>
    public bool Remove(string key) => All.Remove(key);

    /// <inheritdoc/>
    public void Clear() => All.Clear();

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => All.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    void ICollection<KeyValuePair<string, object?>>.Add(KeyValuePair<string, object?> item) => Add(item.Key, item.Value);

    bool ICollection<KeyValuePair<string, object?>>.Contains(KeyValuePair<string, object?> item) => AsCollection.Contains(item);

    void ICollection<KeyValuePair<string, object?>>.CopyTo(KeyValuePair<string, object?>[] array, int arrayIndex) =>
        AsCollection.CopyTo(array, arrayIndex);

    bool ICollection<KeyValuePair<string, object?>>.Remove(KeyValuePair<string, object?> item) => AsCollection.Remove(item);

    /// <summary>Whether <see cref="End"/> has work: an error line may have no end yet, or something is to be disposed.</summary>
    internal bool MustEnd => _variables.HasErrors || _atEnd is not null;

    internal void End()
    {
        _variables.End();
        if (_atEnd is not [.., var last])
            return;
        _atEnd.RemoveAt(_atEnd.Count - 1);
        try
        {
            last.Dispose();
        }
        finally
        {
            End(); // one that fails does not keep the others
        }
    }

    private ICollection<KeyValuePair<string, object?>> AsCollection => All;

    private Dictionary<string, object?> All
    {
        get
        {
            if (_all is not null)
                return _all;
            _all = _variables.ToDictionary();
            foreach (var (key, value) in _written ?? [])
                _all[key] = value;
            return _all;
        }
    }

    private object? Find(string key) => TryGetValue(key, out object? value) ? value : null;

    private string Text(string key) => Find(key) as string ?? "";
}
