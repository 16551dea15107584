using System.Collections;
using System.Runtime.CompilerServices;

namespace AsyncServer.Http;

/// <summary>
/// A list of URLs and the applications that answer them; itself an <see cref="Application"/>, so that it can be routed, wrapped by
/// middleware and put into another map. It is filled before it serves.
/// </summary>
/// <remarks>
/// <para>A URL is matched against the whole <c>PATH_INFO</c>, segment by segment, in any order of the list: literal segments before
/// <c>{name:int}</c>, that before <c>{name}</c>, whole paths before prefixes. A placeholder takes one segment that is not empty, an int one
/// only digits; the values are in <see cref="Environ.RouteValues"/>.</para>
/// <para>A URL that ends in <c>/*</c>, and that of a nested map, is a prefix: what matched moves from <c>PATH_INFO</c> to
/// <c>SCRIPT_NAME</c> (PEP 3333), and what the application answers is the answer, 404 included. An empty <c>PATH_INFO</c> means
/// <c>/</c>.</para>
/// <para>No URL: 404. A URL, but not for the method: 405 with Allow, and 204 to OPTIONS. GET answers HEAD too.</para>
/// </remarks>
public sealed class UrlMap : IEnumerable<string>
{
    private readonly List<UrlEntry> _entries = [];
    private readonly Application _application;

    /// <summary>Makes an empty map.</summary>
    public UrlMap() => _application = InvokeAsync;

    /// <summary>The application that the map is.</summary>
    public static implicit operator Application(UrlMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        return map._application;
    }

    /// <summary>Adds a URL for every method.</summary>
    /// <param name="url">Begins with a slash, decoded; see the remarks on the class.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">The URL is malformed, or is in the map already.</exception>
    [OverloadResolutionPriority(1)]
    public void Add(string url, Application app) => Add(null, new UrlPattern(TrimPrefix(url, out bool isPrefix), isPrefix), url, app);

    /// <inheritdoc cref="Add(string, Application)"/>
    public void Add(string url, Func<Environ, StartResponse, Body> app) => Add(url, Applications.From(app));

    /// <inheritdoc cref="Add(string, Application)"/>
    public void Add(string url, Func<Environ, StartResponse, Task<Body>> app) => Add(url, Applications.From(app));

    /// <summary>Adds a URL for a function that returns what <see cref="Body"/> converts from.</summary>
    /// <typeparam name="TBody">See <see cref="Applications.From{TBody}"/>.</typeparam>
    /// <param name="url">As in <see cref="Add(string, Application)"/>.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">As there, or the function returns no body.</exception>
    [OverloadResolutionPriority(-1)]
    public void Add<TBody>(string url, Func<Environ, StartResponse, TBody> app) => Add(url, Applications.From(app));

    /// <summary>Puts another map below a prefix.</summary>
    /// <param name="prefix">Begins with a slash and has none at its end; <c>/*</c> at its end says the same.</param>
    /// <param name="map">Sees the rest of the path.</param>
    /// <exception cref="ArgumentException">The prefix is malformed, or is in the map already.</exception>
    [OverloadResolutionPriority(2)]
    public void Add(string prefix, UrlMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        Add(null, new UrlPattern(TrimPrefix(prefix, out _).TrimEnd('/'), isPrefix: true), prefix, map._application);
    }

    /// <summary>Adds a URL for some methods; the same URL may have others elsewhere in the map.</summary>
    /// <param name="methods">A list such as <c>"GET, POST"</c>.</param>
    /// <param name="url">As in <see cref="Add(string, Application)"/>.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">The URL or a method is malformed, or both are in the map already.</exception>
    [OverloadResolutionPriority(1)]
    public void Add(string methods, string url, Application app)
    {
        ArgumentNullException.ThrowIfNull(methods);
        Add(methods, new UrlPattern(TrimPrefix(url, out bool isPrefix), isPrefix), url, app);
    }

    /// <inheritdoc cref="Add(string, string, Application)"/>
    public void Add(string methods, string url, Func<Environ, StartResponse, Body> app) => Add(methods, url, Applications.From(app));

    /// <inheritdoc cref="Add(string, string, Application)"/>
    public void Add(string methods, string url, Func<Environ, StartResponse, Task<Body>> app) => Add(methods, url, Applications.From(app));

    /// <summary>Adds a URL for some methods and a function that returns what <see cref="Body"/> converts from.</summary>
    /// <typeparam name="TBody">See <see cref="Applications.From{TBody}"/>.</typeparam>
    /// <param name="methods">A list such as <c>"GET, POST"</c>.</param>
    /// <param name="url">As in <see cref="Add(string, Application)"/>.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">
    /// As in <see cref="Add(string, string, Application)"/>, or the function returns no body.
    /// </exception>
    [OverloadResolutionPriority(-1)]
    public void Add<TBody>(string methods, string url, Func<Environ, StartResponse, TBody> app) =>
        Add(methods, url, Applications.From(app));

    /// <summary>Answers a request; what an <see cref="Application"/> made of the map does.</summary>
    public ValueTask<Body> InvokeAsync(Environ environ, StartResponse startResponse)
    {
        ArgumentNullException.ThrowIfNull(environ);
        ArgumentNullException.ThrowIfNull(startResponse);
        string method = environ.Method;
        string info = environ.Path;
        string path = info.Length == 0 ? "/" : info;
        List<string>? allowed = null;
        foreach (var entry in _entries)
        {
            int taken = entry.Pattern.Match(path, out var values);
            if (taken < 0)
                continue;
            if (!entry.Allows(method))
            {
                (allowed ??= []).AddRange(entry.Methods!);
                continue;
            }
            if (values is not null)
                SetValues(environ, values);
            if (entry.Pattern.IsPrefix && taken > 0)
            {
                environ["SCRIPT_NAME"] = environ.ScriptName + path[..taken];
                environ["PATH_INFO"] = path[taken..];
            }
            return entry.App(environ, startResponse);
        }
        return new ValueTask<Body>(allowed is null ? ApplicationErrors.NotFound(startResponse)
            : ApplicationErrors.NotAllowed(method, allowed, startResponse));
    }

    /// <summary>The URLs, in the order in which they are asked.</summary>
    public IEnumerator<string> GetEnumerator() => _entries.Select(static entry => entry.Url).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private void Add(string? methods, UrlPattern pattern, string url, Application app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var entry = new UrlEntry(url, pattern, UrlEntry.ParseMethods(methods), app);
        if (_entries.Exists(entry.Contradicts))
            throw new ArgumentException($"'{url}' is in the map already.", nameof(url));
        int index = _entries.FindIndex(other => pattern.CompareTo(other.Pattern) < 0); // equals keep the order of the list
        _entries.Insert(index < 0 ? _entries.Count : index, entry);
    }

    private static string TrimPrefix(string url, out bool isPrefix)
    {
        ArgumentNullException.ThrowIfNull(url);
        isPrefix = url.EndsWith("/*", StringComparison.Ordinal);
        return isPrefix ? url[..^2] : url;
    }

    private static void SetValues(Environ environ, Dictionary<string, object> values)
    {
        foreach (var (name, value) in environ.RouteValues)
            values.TryAdd(name, value); // those of the maps around this one
        environ[Environ.RoutingKey] = (Array.Empty<object>(), (IReadOnlyDictionary<string, object>)values);
    }
}
