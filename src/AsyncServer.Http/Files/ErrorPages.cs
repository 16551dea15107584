using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Files that stand for errors.</summary>
internal sealed class ErrorPages(FileFinder finder, IReadOnlyDictionary<int, string> pages)
{
    private readonly Dictionary<int, (byte[] Path, byte[] FilePath)> _pages = pages.ToDictionary(
        static page => page.Key,
        static page => (StaticFileOptions.RequestPath(page.Value), FilePath.Map(StaticFileOptions.RequestPath(page.Value))!));

    /// <summary>Sends an error with the page for its status, or as it is where there is none.</summary>
    internal ValueTask SendAsync(Request request, ResponseWriter response, Response plain)
    {
        if (!_pages.TryGetValue(plain.StatusCode, out var page))
            return response.SendAsync(plain);
        var hub = request.Hub;
        if (finder.FindKept(hub, page.Path) is { } kept)
            return response.SendAsync(Dress(plain, kept));
        return finder.Exists(page.FilePath) // a site without pages pays one look for an error
            ? FindAndSendAsync(hub, page.Path, page.FilePath, response, plain)
            : response.SendAsync(plain);
    }

    private async ValueTask FindAndSendAsync(Hub hub, byte[] path, byte[] filePath, ResponseWriter response, Response plain)
    {
        ServedFile? file = null;
        try
        {
            var found = await finder.FindAsync(hub, path, filePath);
            found.Original?.Dispose();
            file = found.File;
        }
        catch (IOException)
        {
            // The page cannot be read; the error itself is what the client must learn.
        }
        await response.SendAsync(file is null ? plain : Dress(plain, file));
    }

    // The plain file alone: an error is no resource to negotiate about, and nobody should keep it.
    private static Response Dress(Response plain, ServedFile file) => file.Plain.Content is not { } content ? plain : plain
        .WithBody(content, file.Plain.ContentType)
        .WithHeader("Cache-Control", "no-store")
        .WithHeader("X-Content-Type-Options", "nosniff");
}
