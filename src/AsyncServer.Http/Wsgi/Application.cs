namespace AsyncServer.Http;

/// <summary>
/// An app in the shape of WSGI (PEP 3333): it calls <paramref name="startResponse"/> with status and headers and returns the body.
/// Middleware is an application that calls another one.
/// </summary>
/// <param name="environ">The request, as a dictionary; its own, so that it may be written to.</param>
/// <param name="startResponse">Called before the first bytes of the body are there.</param>
/// <returns>The body. What is disposable in it is disposed exactly once, however the request ends.</returns>
public delegate ValueTask<Body> Application(Environ environ, StartResponse startResponse);
