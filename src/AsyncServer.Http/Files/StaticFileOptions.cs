using System.Text;
using Microsoft.Net.Http.Headers;

namespace AsyncServer.Http;

/// <summary>How the files below <see cref="HttpServerOptions.Root"/> are served. All paths in it are relative to that root.</summary>
public sealed class StaticFileOptions
{
    private const int FirstError = 400;
    private const int LastError = 599;

    // Told from the same table given on purpose: then the page must be there.
    private static readonly Dictionary<int, string> DefaultErrorPages = new() { [404] = "404.html" };

    /// <summary>
    /// Cache-Control by path; the first pattern that matches the whole path of a file decides. <c>?</c> stands for a character and
    /// <c>*</c> for any number of them, slashes excluded; <c>**</c> for anything, <c>**/</c> for any number of folders, none included.
    /// Default: none, so that caches ask again by ETag and Last-Modified as they see fit.
    /// </summary>
    public IReadOnlyList<(string Glob, string Value)> CacheControl { get; init; } = [];

    /// <summary>
    /// Media types by extension with its dot, in any letter case, such as <c>.ts</c> for <c>text/plain; charset=utf-8</c>: what
    /// Content-Type says, in the place of the server's own table. Default: none.
    /// </summary>
    public IReadOnlyDictionary<string, string> MediaTypes { get; init; } = new Dictionary<string, string>();

    /// <summary>
    /// Pages for errors, by status from 400 to 599: sent with that status in the place of its words, never with validators. Files of
    /// at most 64 KB. They stand for errors of the files, for a path that nothing answers and for what an app throws; an answer that an
    /// app made stays as it is. Default: <c>404.html</c> for 404, if it is there.
    /// </summary>
    public IReadOnlyDictionary<int, string> ErrorPages { get; init; } = DefaultErrorPages;

    /// <summary>
    /// Whether a folder without an index is answered with a list of what is served of it. Default: no. Hidden files, sources of modules
    /// and links that lead out of the root are not in it.
    /// </summary>
    public bool ListsDirectories { get; init; }

    /// <summary>
    /// A page for applications that keep their own paths in the browser, or null, the default: GET and HEAD of a path that no route or file
    /// answers get it with status 200, where Accept names <c>text/html</c> and the last name of the path has no dot or ends with
    /// <c>.html</c> or <c>.htm</c>. It comes before <see cref="RouteTable.MapFallback(AppDelegate)"/>.
    /// </summary>
    public string? SinglePage { get; init; }

    /// <exception cref="ArgumentException">A value has no meaning.</exception>
    /// <exception cref="FileNotFoundException">A page that was asked for does not exist, or would not be served.</exception>
    internal void Check(string? root)
    {
        foreach (var (glob, value) in CacheControl)
        {
            if (glob.Trim('/').Length == 0)
                throw new ArgumentException("A cache rule has no pattern.");
            if (value.Length == 0 || !HeaderSyntax.IsText(value))
                throw new ArgumentException($"The Cache-Control for '{glob}' cannot stand in a header.");
        }
        foreach (var (extension, type) in MediaTypes)
        {
            bool isExtension = extension.Length > 1 && extension[0] == '.' && !extension.AsSpan(1).ContainsAny("./\\");
            if (!isExtension || !MediaTypeHeaderValue.TryParse(type, out _))
                throw new ArgumentException($"'{extension}' for '{type}' is not an extension with its dot and a media type.");
        }
        foreach (var (status, file) in ErrorPages)
        {
            if (status is < FirstError or > LastError)
                throw new ArgumentException($"An error page is for a status from {FirstError} to {LastError}, not {status}.");
            CheckPage(root, file, $"The error page for {status}", isNeeded: !ReferenceEquals(ErrorPages, DefaultErrorPages));
        }
        if (SinglePage is not null)
            CheckPage(root, SinglePage, "The single page", isNeeded: true);
    }

    /// <summary>A page's path as a request would spell it.</summary>
    internal static byte[] RequestPath(string file) => Encoding.UTF8.GetBytes("/" + file.TrimStart('/'));

    private static void CheckPage(string? root, string file, string what, bool isNeeded)
    {
        if (file.EndsWith('/') || FilePath.Map(RequestPath(file)) is null)
            throw new FileNotFoundException($"{what} is '{file}', which names no file that is served.", file);
        if (isNeeded && root is not null && !File.Exists(Path.Combine(root, file.TrimStart('/'))))
            throw new FileNotFoundException($"{what} is '{file}', which does not exist below the document root '{root}'.", file);
    }
}
