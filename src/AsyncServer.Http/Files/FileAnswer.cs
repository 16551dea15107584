using System.Globalization;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Answers a request with a file that was found: method, preconditions, range, then the content.</summary>
internal static class FileAnswer
{
    internal const string Allow = "GET, HEAD, OPTIONS";

    /// <summary>The same as <see cref="SendAsync"/>, with a file to close at the end.</summary>
    internal static async ValueTask SendAndCloseAsync(Request request, ResponseState response, Representation representation, OpenFile file)
    {
        using (file)
            await SendAsync(request, response, representation, file);
    }

    /// <param name="request">The request.</param>
    /// <param name="response">Not started.</param>
    /// <param name="representation">What the path stands for.</param>
    /// <param name="file">Where the content is, unless the representation has it.</param>
    internal static ValueTask SendAsync(Request request, ResponseState response, Representation representation, OpenFile? file)
    {
        var exchange = request.Live;
        if (exchange.Head.Method is not ("GET" or "HEAD"))
            return Methods.NotAllowed(exchange.Head.Method, Allow).SendAsync(response);
        var conditions = Preconditions.Find(exchange.Head, exchange.Message);
        return conditions == Conditions.None
            ? SendPart(response, representation, file, new ByteRange(0, representation.Length))
            : SendConditionally(request, response, representation, file, conditions);
    }

    private static ValueTask SendConditionally(
        Request request, ResponseState response, Representation representation, OpenFile? file, Conditions conditions)
    {
        switch (Preconditions.Evaluate(request, conditions, representation))
        {
            case PreconditionResult.NotModified:
                response.Status = 304;
                response.PreparedLines = representation.ValidatorLines;
                return response.EndAsync();
            case PreconditionResult.Failed:
                return Response.Status(412).SendAsync(response);
        }
        var part = new ByteRange(0, representation.Length);
        if (WantsRange(request, conditions, representation))
        {
            Span<ByteRange> ranges = stackalloc ByteRange[RangeHeader.MaxRanges];
            switch (RangeHeader.Parse(request.Headers["Range"]!, representation.Length, ranges, out int count))
            {
                case RangeResult.Unsatisfiable:
                    return Refuse(response, representation.Length);
                case RangeResult.Satisfiable when count == 1: // of several, RFC 9110 14.2 lets us send the whole
                    part = ranges[0];
                    AnnouncePart(response, part, representation.Length);
                    break;
            }
        }
        return SendPart(response, representation, file, part);
    }

    private static ValueTask SendPart(ResponseState response, Representation representation, OpenFile? file, ByteRange part)
    {
        response.PreparedLines = representation.Lines;
        if (representation.Content is not { } content)
            return response.SendFileAsync(file!.Handle, part.Start, part.Length);
        response.ContentLength = part.Length;
        return response.WriteAsync(content.AsMemory((int)part.Start, (int)part.Length));
    }

    // RFC 9110 14.2: ranges are for GET alone. 13.1.5: If-Range holds them to one version.
    private static bool WantsRange(Request request, Conditions conditions, Representation representation) =>
        (conditions & Conditions.Range) != 0
        && request.Method == "GET"
        && ((conditions & Conditions.IfRange) == 0 || Preconditions.IsSameVersion(request, representation));

    private static void AnnouncePart(ResponseState response, ByteRange part, long length)
    {
        response.Status = 206;
        response.Headers.AddChecked("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {part.Start}-{part.Start + part.Length - 1}/{length}"));
    }

    private static ValueTask Refuse(ResponseState response, long length) =>
        Response.Status(416).WithHeader("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{length}")).SendAsync(response);
}
