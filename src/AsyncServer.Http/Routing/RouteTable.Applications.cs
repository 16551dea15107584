using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

// Routes to apps in the shape of WSGI. The priorities let an async lambda, which several overloads would take, mean the first of them.
public sealed partial class RouteTable
{
    /// <summary>Where the apps' <c>wsgi.errors</c> goes.</summary>
    internal ILogger Logger { set => Errors.Logger = value; }

    internal ErrorLog Errors { get; } = new();

    /// <summary>Maps a path to a WSGI-shaped app for every method. <c>PATH_INFO</c> stays the whole path, also below a prefix.</summary>
    /// <param name="path">Begins with a slash, decoded. Ending in <c>/*</c> it is a prefix: itself and everything below.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">The path has no slash in front, or is mapped already.</exception>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    [OverloadResolutionPriority(1)]
    public void Map(string path, Application app) => Add(path, null, Handler(app));

    /// <inheritdoc cref="Map(string, Application)"/>
    public void Map(string path, Func<Environ, StartResponse, Body> app) => Add(path, null, Handler(Applications.From(app)));

    /// <inheritdoc cref="Map(string, Application)"/>
    public void Map(string path, Func<Environ, StartResponse, Task<Body>> app) => Add(path, null, Handler(Applications.From(app)));

    /// <summary>Maps a path to a function that returns what <see cref="Body"/> converts from.</summary>
    /// <typeparam name="TBody">See <see cref="Applications.From{TBody}"/>.</typeparam>
    /// <param name="path">As in <see cref="Map(string, Application)"/>.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">As there, or the function returns no body.</exception>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    [OverloadResolutionPriority(-1)]
    public void Map<TBody>(string path, Func<Environ, StartResponse, TBody> app) => Add(path, null, Handler(Applications.From(app)));

    /// <summary>
    /// Maps a path to a WSGI-shaped app for some methods; the others get 405 with Allow, OPTIONS 204. GET answers HEAD too.
    /// </summary>
    /// <param name="methods">A list such as <c>"GET, POST"</c>.</param>
    /// <param name="path">As in <see cref="Map(string, Application)"/>.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">The path has no slash in front, a method is none, or is mapped already.</exception>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    [OverloadResolutionPriority(1)]
    public void Map(string methods, string path, Application app) => Add(path, methods, Handler(app));

    /// <inheritdoc cref="Map(string, string, Application)"/>
    public void Map(string methods, string path, Func<Environ, StartResponse, Body> app) =>
        Add(path, methods, Handler(Applications.From(app)));

    /// <inheritdoc cref="Map(string, string, Application)"/>
    public void Map(string methods, string path, Func<Environ, StartResponse, Task<Body>> app) =>
        Add(path, methods, Handler(Applications.From(app)));

    /// <summary>Maps a path to a function that returns what <see cref="Body"/> converts from, for some methods.</summary>
    /// <typeparam name="TBody">See <see cref="Applications.From{TBody}"/>.</typeparam>
    /// <param name="methods">A list such as <c>"GET, POST"</c>.</param>
    /// <param name="path">As in <see cref="Map(string, Application)"/>.</param>
    /// <param name="app">Answers the requests.</param>
    /// <exception cref="ArgumentException">
    /// As in <see cref="Map(string, string, Application)"/>, or the function returns no body.
    /// </exception>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    [OverloadResolutionPriority(-1)]
    public void Map<TBody>(string methods, string path, Func<Environ, StartResponse, TBody> app) =>
        Add(path, methods, Handler(Applications.From(app)));

    /// <summary>What answers everything that no route and no file did, instead of 404.</summary>
    /// <exception cref="InvalidOperationException">The server has started.</exception>
    [OverloadResolutionPriority(1)]
    public void MapFallback(Application app) => MapFallback(Handler(app));

    /// <inheritdoc cref="MapFallback(Application)"/>
    public void MapFallback(Func<Environ, StartResponse, Body> app) => MapFallback(Handler(Applications.From(app)));

    /// <inheritdoc cref="MapFallback(Application)"/>
    public void MapFallback(Func<Environ, StartResponse, Task<Body>> app) => MapFallback(Handler(Applications.From(app)));

    /// <inheritdoc cref="MapFallback(Application)"/>
    /// <typeparam name="TBody">See <see cref="Applications.From{TBody}"/>.</typeparam>
    /// <exception cref="ArgumentException">The function returns no body.</exception>
    [OverloadResolutionPriority(-1)]
    public void MapFallback<TBody>(Func<Environ, StartResponse, TBody> app) => MapFallback(Handler(Applications.From(app)));

    private RequestHandler Handler(Application app)
    {
        ArgumentNullException.ThrowIfNull(app);
        return ApplicationHandler.From(app, Errors);
    }
}
