using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;

namespace AsyncServer.Http;

/// <summary>What the status of a response means, whatever version of HTTP carries it (RFC 9110 section 15).</summary>
internal static class StatusCodes
{
    /// <summary>The usual reason phrase; empty where there is none.</summary>
    // the platform's list ends before RFC 8297
    internal static string Reason(int status) => status == 103 ? "Early Hints" : ReasonPhrases.GetReasonPhrase(status);

    /// <summary>The text that a response without a body of its own carries.</summary>
    internal static string Text(int status)
    {
        string reason = Reason(status);
        return reason.Length > 0 ? reason : status.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a response with this status never has a body (RFC 9110 sections 6.4.1 and 15.3.6).</summary>
    internal static bool HasNoBody(int status) => HasNoLength(status) || status == ResetContent;

    /// <summary>
    /// Whether it ends with its head, so that a Content-Length would say nothing about this response (RFC 9110 section 8.6).
    /// </summary>
    internal static bool HasNoLength(int status) => status is < 200 or 204 or 304;

    /// <summary>205, which has a body that must be empty: its Content-Length says so.</summary>
    internal const int ResetContent = 205;
}
