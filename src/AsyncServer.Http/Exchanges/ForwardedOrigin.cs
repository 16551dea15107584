using System.Net;

namespace AsyncServer.Http;

/// <summary>Where a request came from in the words of trusted proxies; null where they say nothing, or nothing that makes sense.</summary>
/// <param name="Client">Port 0 where none is said.</param>
/// <param name="Scheme">http or https.</param>
/// <param name="Host">Well-formed, with or without a port.</param>
internal readonly record struct ForwardedOrigin(IPEndPoint? Client, string? Scheme, string? Host);
