using System.Globalization;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.WebUtilities;

namespace AsyncServer.Http;

/// <summary>The <c>start_response</c> of one request (PEP 3333).</summary>
internal sealed class ResponseStart(ResponseWriter response)
{
    private const int CodeLength = 3;

    private bool _wasCalled;

    internal WriteBody Start(string status, IReadOnlyList<(string Name, string Value)> headers, Exception? excInfo)
    {
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(headers);
        if (_wasCalled && excInfo is null)
            throw new InvalidOperationException("start_response was called a second time without excInfo (PEP 3333).");
        if (!response.TryReset())
            ExceptionDispatchInfo.Throw(excInfo!); // the head has left, so it was called before
        var (code, reason) = Parse(status);
        response.StatusCode = code;
        if (reason is not null)
            response.Reason = reason;
        Fill(response.Headers, headers);
        _wasCalled = true;
        return WriteAsync;
    }

    /// <summary>Checks what a call would check, for middleware that keeps it for later.</summary>
    /// <exception cref="ArgumentException">The status or a header is not allowed.</exception>
    internal static void Check(string status, IReadOnlyList<(string Name, string Value)> headers)
    {
        Parse(status);
        Fill(new ResponseHeaders(), headers);
    }

    /// <exception cref="InvalidOperationException">There is a body, but no status.</exception>
    internal void CheckWasCalled()
    {
        if (!_wasCalled)
            throw new InvalidOperationException("The app gave a body without having called start_response (PEP 3333).");
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> data)
    {
        if (data.IsEmpty)
            return;
        await response.WriteAsync(data);
        await response.FlushAsync();
    }

    private static (int Status, string? Reason) Parse(string status)
    {
        if (status == "200 OK")
            return (200, null);
        bool isWellFormed = status.Length > CodeLength + 1 && status[CodeLength] == ' ' && !char.IsWhiteSpace(status[CodeLength + 1])
            && !char.IsWhiteSpace(status[^1]);
        if (!isWellFormed || !int.TryParse(status.AsSpan(0, CodeLength), NumberStyles.None, CultureInfo.InvariantCulture, out int code)
            || code < 200)
            throw new ArgumentException($"'{status}' is not a status: three digits from 200 on, a space and a reason (PEP 3333).",
                nameof(status));
        var reason = status.AsSpan(CodeLength + 1);
        return (code, reason.SequenceEqual(ReasonPhrases.GetReasonPhrase(code)) ? null : reason.ToString()); // null: its line is ready made
    }

    private static void Fill(ResponseHeaders target, IReadOnlyList<(string Name, string Value)> headers)
    {
        for (int i = 0; i < headers.Count; i++)
        {
            var (name, value) = headers[i];
            Check(target, name, value);
            target.Add(name, value);
        }
    }

    private static void Check(ResponseHeaders headers, string name, string value)
    {
        var field = ServerField.Of(name);
        // PEP 3333 "Other HTTP Features": whether the connection lives is the server's business alone.
        if (field == ServerFields.Connection)
            throw new ArgumentException("Connection is a hop-by-hop header; the server sets it (PEP 3333).", nameof(headers));
        if (field != ServerFields.ContentLength)
            return;
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            throw new ArgumentException($"The Content-Length '{value}' is not a number of bytes.", nameof(headers));
        if (headers.HasAny(ServerFields.ContentLength))
            throw new ArgumentException("Content-Length is there twice.", nameof(headers));
    }
}
