namespace AsyncServer.Http;

/// <summary>Sends an error that is the server's own, with the site's page for it.</summary>
internal delegate ValueTask RefusalHandler(Request request, ResponseWriter response, Response plain);
