using System.Globalization;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Answers a request with a file that was found: method, preconditions, range, then the content.</summary>
internal sealed class FileAnswer(FileFinder finder, ErrorPages errors)
{
    internal const string Allow = "GET, HEAD, OPTIONS";

    /// <summary>Answers with a file that may be large.</summary>
    internal ValueTask SendAsync(Request request, ResponseWriter response, FoundFile found)
    {
        var file = found.File!;
        var chosen = file.Choose(request);
        var open = found.Original;
        if (chosen.Content is null && chosen.Coding is not null)
        {
            if (Reopen(chosen) is { } encoded)
            {
                open?.Dispose();
                open = encoded;
            }
            else
            {
                chosen = file.Plain; // the compressed version has gone or changed since it was found
            }
        }
        if (chosen.Content is null)
            return SendAndCloseAsync(request, response, chosen, open!);
        open?.Dispose();
        return SendAsync(request, response, chosen, null);
    }

    /// <param name="request">The request.</param>
    /// <param name="response">Not started.</param>
    /// <param name="representation">What the path stands for.</param>
    /// <param name="file">Where the content is, unless the representation has it.</param>
    internal ValueTask SendAsync(Request request, ResponseWriter response, Representation representation, OpenFile? file)
    {
        string method = request.Method;
        if (method is not ("GET" or "HEAD"))
            return errors.SendAsync(request, response, Methods.NotAllowed(method, Allow));
        var conditions = Preconditions.Find(request.Headers.Raw);
        return conditions == Conditions.None
            ? SendPart(response, representation, file, new ByteRange(0, representation.Length))
            : SendConditionally(request, response, representation, file, conditions);
    }

    private async ValueTask SendAndCloseAsync(Request request, ResponseWriter response, Representation representation, OpenFile file)
    {
        using (file)
            await SendAsync(request, response, representation, file);
    }

    private ValueTask SendConditionally(
        Request request, ResponseWriter response, Representation representation, OpenFile? file, Conditions conditions)
    {
        switch (Preconditions.Evaluate(request, conditions, representation))
        {
            case PreconditionResult.NotModified:
                response.StatusCode = 304;
                response.Prepared = representation.ValidatorFields;
                return ValueTask.CompletedTask;
            case PreconditionResult.Failed:
                return errors.SendAsync(request, response, Response.Status(412));
        }
        var whole = new ByteRange(0, representation.Length);
        if (!WantsRange(request, conditions, representation))
            return SendPart(response, representation, file, whole);
        Span<ByteRange> ranges = stackalloc ByteRange[RangeHeader.MaxRanges];
        var result = RangeHeader.Parse(request.Headers["Range"]!, representation.Length, ranges, out int count);
        if (result == RangeResult.Unsatisfiable || MultipartRanges.Overlap(ranges[..count]))
            return Refuse(request, response, representation.Length);
        if (count == 1)
        {
            response.StatusCode = 206;
            response.Headers.AddChecked("Content-Range", ranges[0].ContentRange(representation.Length));
            return SendPart(response, representation, file, ranges[0]);
        }
        // Content-Encoding would be taken for that of the multipart body; RFC 9110 14.2 lets us send the whole.
        return count == 0 || representation.Coding is not null
            ? SendPart(response, representation, file, whole)
            : new MultipartRanges(representation, ranges[..count]).SendAsync(response, file);
    }

    private static ValueTask SendPart(ResponseWriter response, Representation representation, OpenFile? file, ByteRange part)
    {
        response.Prepared = representation.Fields;
        if (representation.Content is not { } content)
            return response.SendFileAsync(file!.Handle, part.Start, part.Length);
        response.ContentLength = part.Length;
        return response.WriteAsync(content.AsMemory((int)part.Start, (int)part.Length));
    }

    // RFC 9110 14.2: ranges are for GET alone. 13.1.5: If-Range holds them to one version.
    internal static bool WantsRange(Request request, Conditions conditions, Representation representation) =>
        (conditions & Conditions.Range) != 0
        && request.Method == "GET"
        && ((conditions & Conditions.IfRange) == 0 || Preconditions.IsSameVersion(request, representation));

    private ValueTask Refuse(Request request, ResponseWriter response, long length) => errors.SendAsync(request, response,
        Response.Status(416).WithHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{length}")));

    private OpenFile? Reopen(Representation chosen)
    {
        try
        {
            if (finder.Root.Open(chosen.Path, out var file) == FileStatus.Found && file!.Facts == chosen.Facts)
                return file;
            file?.Dispose();
        }
        catch (IOException)
        {
            // The file as it is may still be readable.
        }
        return null;
    }
}
