using System.Globalization;

namespace AsyncServer.Http;

/// <summary>
/// Names a request in the logs and to its client: a number that counts up behind one that differs from process to process.
/// </summary>
internal static class RequestId
{
    internal const string HeaderName = "X-Request-Id";

    private static readonly string Prefix = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture)[..8];
    private static long _last;

    internal static string Next() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}-{Interlocked.Increment(ref _last):x}");
}
