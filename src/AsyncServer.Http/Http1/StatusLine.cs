using System.Text;

namespace AsyncServer.Http;

/// <summary>Status lines (RFC 9112 section 4), made once for each status.</summary>
internal static class StatusLine
{
    private const int First = 100;
    private const int Last = 999;
    private static readonly byte[]?[] Lines = new byte[]?[Last - First + 1];

    internal static ReadOnlySpan<byte> For(int status) =>
        Lines[status - First] ??= Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {StatusCodes.Reason(status)}\r\n");
}
