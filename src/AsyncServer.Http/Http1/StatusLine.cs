using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace AsyncServer.Http;

/// <summary>Status lines (RFC 9112 section 4), made once for each status.</summary>
internal static class StatusLine
{
    private const int First = 100;
    private const int Last = 999;
    private static readonly byte[]?[] Lines = new byte[]?[Last - First + 1];

    internal static ReadOnlySpan<byte> For(int status) =>
        Lines[status - First] ??= Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {Reason(status)}\r\n");

    /// <summary>The text that a response without a body of its own carries.</summary>
    internal static string Text(int status)
    {
        string reason = Reason(status);
        return reason.Length > 0 ? reason : status.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    // The platform's list ends before RFC 8297.
    private static string Reason(int status) => status == 103 ? "Early Hints" : ReasonPhrases.GetReasonPhrase(status);

    /// <summary>Whether a response with this status never has a body (RFC 9110 section 6.4.1).</summary>
    internal static bool HasNoBody(int status) => status is < 200 or 204 or 304;
}
