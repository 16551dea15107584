using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AsyncServer.Http;

/// <summary>Reads the two media types in which browsers send forms.</summary>
internal static class FormParser
{
    internal static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a body into a form, which the caller disposes whether it could be read or not.</summary>
    internal static async Task<Form> ReadAsync(Form form, string? contentType, long? contentLength, Stream body, FormOptions options)
    {
        if (!MediaTypeHeaderValue.TryParse(contentType, out var type))
            throw new RequestBodyException(415, "The request has no Content-Type, or a malformed one; a form was expected.");
        CheckCharset(type);
        bool isMultipart = type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);
        if (!isMultipart && !type.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase))
            throw new RequestBodyException(415, "The request's Content-Type is not that of a form.");

        long limit = Math.Min(options.MaxSize ?? long.MaxValue, isMultipart ? long.MaxValue : options.MaxFieldsSize);
        if (contentLength > limit)
            throw new RequestBodyException(413, "The form is larger than its limit."); // before anything of it is asked for
        var input = new LimitedStream(body, limit);
        if (isMultipart)
            await new MultipartForm(form, options).ReadAsync(input, type);
        else
            await ReadFieldsAsync(form, input, options);
        return form;
    }

    /// <exception cref="RequestBodyException">415: a charset other than UTF-8.</exception>
    internal static void CheckCharset(MediaTypeHeaderValue type)
    {
        var charset = HeaderUtilities.RemoveQuotes(type.Charset);
        if (charset.Length > 0 && !IsUtf8(charset.ToString())
            && !charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
            throw new RequestBodyException(415, "Forms are read in UTF-8 alone.");
    }

    // WHATWG Encoding has more labels for it than IANA; these two are in use.
    private static bool IsUtf8(string charset) =>
        charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase) || charset.Equals("utf8", StringComparison.OrdinalIgnoreCase);

    private static async Task ReadFieldsAsync(Form form, LimitedStream input, FormOptions options)
    {
        var body = new MemoryStream();
        await input.CopyToAsync(body);
        string text;
        try
        {
            text = StrictUtf8.GetString(body.GetBuffer(), 0, (int)body.Length);
        }
        catch (DecoderFallbackException)
        {
            throw new RequestBodyException(400, "The form is not UTF-8.");
        }
        // Not the framework's FormReader: to it "a&b=1" is one field of the name "a&b".
        foreach (var pair in new QueryStringEnumerable("?" + text))
        {
            if (form.Fields.Count == options.MaxCount)
                throw new RequestBodyException(413, "The form has more fields than allowed.");
            form.Add(pair.DecodeName().ToString(), pair.DecodeValue().ToString());
        }
    }
}
