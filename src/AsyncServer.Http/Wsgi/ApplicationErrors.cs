namespace AsyncServer.Http;

/// <summary>What the applications of this library answer where they have no answer.</summary>
internal static class ApplicationErrors
{
    internal static Body NotFound(StartResponse startResponse)
    {
        startResponse("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")]);
        return "not found\n";
    }

    /// <param name="method">The request's.</param>
    /// <param name="allowed">What the resource has methods for; GET stands for HEAD too.</param>
    /// <param name="startResponse">Not called yet.</param>
    internal static Body NotAllowed(string method, List<string> allowed, StartResponse startResponse)
    {
        if (allowed.Contains("GET"))
            allowed.Add("HEAD");
        allowed.Add("OPTIONS");
        string allow = string.Join(", ", allowed.Distinct());
        if (method == "OPTIONS")
        {
            startResponse("204 No Content", [("Allow", allow)]);
            return default;
        }
        startResponse(Methods.IsKnown(method) ? "405 Method Not Allowed" : "501 Not Implemented",
            [("Allow", allow), ("Content-Type", "text/plain; charset=utf-8")]);
        return "method not allowed\n";
    }

    /// <summary>An error whose reason says enough.</summary>
    internal static Body Send(string status, IReadOnlyList<(string Name, string Value)> headers, StartResponse startResponse)
    {
        startResponse(status, [.. headers, ("Content-Type", "text/plain; charset=utf-8")]);
        return status + "\n";
    }
}
