using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace AsyncServer.Http;

/// <summary>Reads <c>multipart/form-data</c> (RFC 7578) part by part.</summary>
internal sealed class MultipartForm(Form form, FormOptions options)
{
    private const int MaxBoundaryLength = 70; // RFC 2046 section 5.1.1
    private const int BufferSize = 16 * 1024;

    private int _fieldsLeft = options.MaxFieldsSize;
    private int _memoryLeft = options.MemoryLimit;

    internal async Task ReadAsync(Stream input, MediaTypeHeaderValue type)
    {
        string boundary = HeaderUtilities.RemoveQuotes(type.Boundary).ToString();
        if (boundary.Length is 0 or > MaxBoundaryLength)
            throw Malformed("it has no boundary, or one that is too long");
        var reader = new MultipartReader(boundary, input, BufferSize) { HeadersLengthLimit = options.MaxPartHeadersSize };
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            int count = 0;
            while (await NextAsync(reader) is { } part)
            {
                if (++count > options.MaxCount)
                    throw TooLarge("it has more fields and files than allowed");
                await ReadPartAsync(part, buffer);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Task ReadPartAsync(MultipartSection part, byte[] buffer)
    {
        if (!ContentDispositionHeaderValue.TryParse(part.ContentDisposition, out var disposition)
            || !disposition.DispositionType.Equals("form-data", StringComparison.OrdinalIgnoreCase) || disposition.Name.Length == 0)
        {
            throw Malformed("a part has no Content-Disposition with a name");
        }
        string name = Unescaped(HeaderUtilities.RemoveQuotes(disposition.Name).ToString());
        if (disposition.FileName.HasValue)
            return ReadFileAsync(part, name, Unescaped(HeaderUtilities.RemoveQuotes(disposition.FileName).ToString()), buffer);
        // RFC 7578 4.2 forbids filename*, and some clients send nothing else: it is a file all the same.
        return disposition.FileNameStar.HasValue
            ? ReadFileAsync(part, name, disposition.FileNameStar.ToString(), buffer)
            : ReadFieldAsync(part, name, buffer);
    }

    // WHATWG HTML, "multipart/form-data": browsers escape these three in names, and nothing else.
    private static string Unescaped(string name) => name.Contains('%', StringComparison.Ordinal)
        ? name.Replace("%22", "\"", StringComparison.Ordinal).Replace("%0D", "\r", StringComparison.OrdinalIgnoreCase)
            .Replace("%0A", "\n", StringComparison.OrdinalIgnoreCase)
        : name;

    private async Task ReadFieldAsync(MultipartSection part, string name, byte[] buffer)
    {
        if (MediaTypeHeaderValue.TryParse(part.ContentType, out var type))
            FormParser.CheckCharset(type);
        CountField(Encoding.UTF8.GetByteCount(name));
        var value = new MemoryStream();
        while (await ReadAsync(part, buffer) is > 0 and int count)
        {
            CountField(count);
            value.Write(buffer, 0, count);
        }
        try
        {
            form.Add(name, FormParser.StrictUtf8.GetString(value.GetBuffer(), 0, (int)value.Length));
        }
        catch (DecoderFallbackException)
        {
            throw Malformed("a field is not UTF-8");
        }
    }

    private void CountField(int size)
    {
        _fieldsLeft -= size;
        if (_fieldsLeft < 0)
            throw TooLarge("its fields are larger than allowed");
    }

    private async Task ReadFileAsync(MultipartSection part, string name, string fileName, byte[] buffer)
    {
        var content = new FormFileContent(_memoryLeft, options.TemporaryFolder);
        var file = new FormFile(name, fileName, part.ContentType ?? "application/octet-stream", content);
        form.Add(file); // from now on disposed with the form
        while (await ReadAsync(part, buffer) is > 0 and int count)
        {
            if (content.Length + count > options.MaxFileSize)
                throw TooLarge("a file is larger than allowed");
            await content.WriteAsync(buffer.AsMemory(0, count));
        }
        if (content.IsInMemory)
            _memoryLeft -= (int)content.Length;
        if (fileName.Length == 0 && content.Length == 0)
            form.Remove(file); // what browsers send for an input in which no file was chosen
    }

    private static async Task<MultipartSection?> NextAsync(MultipartReader reader)
    {
        try
        {
            return await reader.ReadNextSectionAsync();
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Malformed("a part's head is malformed or too large, or the end is missing");
        }
    }

    private static async ValueTask<int> ReadAsync(MultipartSection part, byte[] buffer)
    {
        try
        {
            return await part.Body.ReadAsync(buffer.AsMemory(0, BufferSize));
        }
        catch (Exception exception) when (IsMalformed(exception))
        {
            throw Malformed("the end is missing");
        }
    }

    private static bool IsMalformed(Exception exception) => exception is InvalidDataException or IOException and not RequestBodyException;

    private static RequestBodyException Malformed(string reason) => new(400, $"The form is malformed: {reason}.");

    private static RequestBodyException TooLarge(string reason) => new(413, $"The form is too large: {reason}.");
}
