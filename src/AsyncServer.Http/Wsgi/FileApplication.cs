using System.Globalization;
using System.Text;
using AsyncServer.Runtime;
using Microsoft.AspNetCore.Http;

namespace AsyncServer.Http;

/// <summary>
/// An <see cref="Application"/> that serves the files of a folder, for a URL that ends in <c>/*</c>: <c>PATH_INFO</c> is the path below the
/// folder. Media types, validators, conditional requests (RFC 9110 section 13), single ranges (section 14), compressed siblings and
/// <c>index.html</c> are those of <see cref="HttpServerOptions.Root"/>, and so is what is refused: hidden files, sources of modules, and
/// all that leads out of the folder. Any number of hubs may call it.
/// </summary>
public sealed class FileApplication : IDisposable
{
    private readonly FileFinder _finder;
    private readonly Application _application;

    /// <summary>Serves a folder.</summary>
    /// <param name="root">Relative to the current folder, or absolute.</param>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    public FileApplication(string root)
    {
        ArgumentNullException.ThrowIfNull(root);
        _finder = new FileFinder(root, new CacheRules([]), MediaTypes.Standard);
        _application = InvokeAsync;
    }

    /// <summary>The application that the folder is.</summary>
    public static implicit operator Application(FileApplication files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return files._application;
    }

    /// <summary>Answers a request: with a file, with 301 to the slash behind a folder that has an index, else with 404.</summary>
    public async ValueTask<Body> InvokeAsync(Environ environ, StartResponse startResponse)
    {
        ArgumentNullException.ThrowIfNull(environ);
        ArgumentNullException.ThrowIfNull(startResponse);
        byte[] path = Encoding.UTF8.GetBytes(environ.Path.Length == 0 ? "/" : environ.Path);
        if (FilePath.Map(path) is not { } filePath)
            return ApplicationErrors.NotFound(startResponse);
        var hub = environ.Request.Hub;
        var found = _finder.FindKept(hub, path) is { Plain.Content: not null } kept
            ? new FoundFile(FileStatus.Found, FileKind.Regular, kept)
            : await _finder.FindAsync(hub, path, filePath);
        if (found.File is null)
            return AnswerWithoutFile(found, path, environ, startResponse);
        var chosen = found.File.Choose(environ.Request);
        if (chosen.Content is null)
            chosen = found.File.Plain; // a compressed version that is not at hand is not worth opening
        Body refusal = default;
        ByteRange? part = null;
        try
        {
            part = Begin(chosen, environ, startResponse, out refusal);
        }
        finally
        {
            if (part is null || chosen.Content is not null)
                found.Original?.Dispose();
        }
        return part is not { } range ? refusal
            : chosen.Content is { } content ? (ReadOnlyMemory<byte>)content.AsMemory((int)range.Start, (int)range.Length)
            : Body.From(new FilePart(found.Original!, range));
    }

    /// <summary>Closes the folder. Requests that are being answered go on.</summary>
    public void Dispose() => _finder.Dispose();

    private Body AnswerWithoutFile(FoundFile found, byte[] path, Environ environ, StartResponse startResponse)
    {
        if (found.Status == FileStatus.Denied)
            return ApplicationErrors.Send("403 Forbidden", [], startResponse);
        if (found.Status == FileStatus.Busy)
            return ApplicationErrors.Send("503 Service Unavailable", [], startResponse);
        bool isFolder = found.Status == FileStatus.Found && found.Kind == FileKind.Directory && path[^1] != '/';
        if (!isFolder || FilePath.Map([.. path, (byte)'/']) is not { } index || !_finder.Exists(index))
            return ApplicationErrors.NotFound(startResponse);
        if (environ.Method is not ("GET" or "HEAD"))
            return ApplicationErrors.NotAllowed(environ.Method, ["GET"], startResponse);
        string folder = new PathString(environ.ScriptName + environ.Path).ToUriComponent();
        startResponse("301 Moved Permanently", [("Location", FolderLocation.Of(folder, environ.QueryString))]);
        return default;
    }

    /// <returns>What to send of the file; null where <paramref name="refusal"/> is the body instead.</returns>
    private static ByteRange? Begin(Representation file, Environ environ, StartResponse startResponse, out Body refusal)
    {
        refusal = default;
        if (environ.Method is not ("GET" or "HEAD"))
        {
            refusal = ApplicationErrors.NotAllowed(environ.Method, ["GET"], startResponse);
            return null;
        }
        var request = environ.Request;
        var conditions = Preconditions.Find(request.Headers.Raw);
        switch (Preconditions.Evaluate(request, conditions, file))
        {
            case PreconditionResult.NotModified:
                startResponse("304 Not Modified", file.ValidatorFields);
                return null;
            case PreconditionResult.Failed:
                refusal = ApplicationErrors.Send("412 Precondition Failed", [], startResponse);
                return null;
        }
        Span<ByteRange> ranges = stackalloc ByteRange[RangeHeader.MaxRanges];
        int count = 0;
        if (FileAnswer.WantsRange(request, conditions, file)
            && RangeHeader.Parse(request.Headers["Range"]!, file.Length, ranges, out count) == RangeResult.Unsatisfiable)
        {
            string length = string.Create(CultureInfo.InvariantCulture, $"bytes */{file.Length}");
            refusal = ApplicationErrors.Send("416 Range Not Satisfiable", [("Content-Range", length)], startResponse);
            return null;
        }
        if (count == 1)
        {
            startResponse("206 Partial Content", [.. file.Fields, ("Content-Range", ranges[0].ContentRange(file.Length))]);
            return ranges[0];
        }
        startResponse("200 OK", file.Fields); // RFC 9110 14.2: several ranges may be ignored
        return new ByteRange(0, file.Length);
    }
}
