namespace AsyncServer.Http;

/// <summary>One path, or all below a prefix, with what answers each method there.</summary>
internal sealed class Route(string path, bool isExact)
{
    private readonly List<(string Method, RequestHandler Handler)> _byMethod = [];
    private RequestHandler? _forAll;

    internal string Path => path;

    internal bool IsExact => isExact;

    /// <summary>For bodies of its requests; null for the server's limit.</summary>
    internal long? MaxBodySize { get; set; }

    /// <summary>The methods of a list such as <c>"GET, POST"</c>; null for all.</summary>
    /// <exception cref="ArgumentException">A method here has a handler already.</exception>
    internal void Add(string? methods, RequestHandler handler)
    {
        if (methods is null)
        {
            if (_forAll is not null || _byMethod.Count > 0)
                throw new ArgumentException($"There is a route for {path} already.");
            _forAll = handler;
            return;
        }
        foreach (string method in methods.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!HeaderSyntax.IsToken(method))
                throw new ArgumentException($"'{method}' is not a method.");
            if (_forAll is not null || Find(method) is not null)
                throw new ArgumentException($"There is a route for {method} {path} already.");
            _byMethod.Add((method, handler));
        }
    }

    internal ValueTask HandleAsync(Request request, ResponseWriter response, CancellationToken cancellation)
    {
        if (MaxBodySize is { } most)
            request.MaxBodySize = most;
        request.CheckBodySize();
        // GET answers HEAD too; the connection drops the body.
        var handler = _forAll ?? Find(request.Method) ?? (request.Method == "HEAD" ? Find("GET") : null);
        return handler is not null
            ? handler(request, response, cancellation)
            : response.SendAsync(Methods.NotAllowed(request.Method, Allow()));
    }

    private RequestHandler? Find(string method)
    {
        foreach (var (name, handler) in _byMethod)
        {
            if (name == method)
                return handler;
        }
        return null;
    }

    private string Allow()
    {
        var names = _byMethod.ConvertAll(static pair => pair.Method);
        if (names.Contains("GET") && !names.Contains("HEAD"))
            names.Add("HEAD");
        if (!names.Contains("OPTIONS"))
            names.Add("OPTIONS");
        return string.Join(", ", names);
    }
}
