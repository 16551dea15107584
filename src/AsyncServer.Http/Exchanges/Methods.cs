namespace AsyncServer.Http;

/// <summary>What the server knows about methods (RFC 9110 section 9).</summary>
internal static class Methods
{
    internal const string AllowAll = "GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";

    internal static bool IsKnown(string method) =>
        method is "GET" or "HEAD" or "POST" or "PUT" or "DELETE" or "OPTIONS" or "PATCH" or "TRACE";

    /// <summary>
    /// The answer where a method is not among those of the resource: 204 to OPTIONS, 405 to a method that the server knows,
    /// 501 to one that it does not (RFC 9110 section 15.6.2); each with Allow.
    /// </summary>
    internal static Response NotAllowed(string method, string allow)
    {
        var response = method == "OPTIONS" ? Response.Empty() : Response.Status(IsKnown(method) ? 405 : 501);
        return response.WithHeader("Allow", allow);
    }
}
