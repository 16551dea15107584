using System.Text;
using Microsoft.AspNetCore.Http;

namespace AsyncServer.Http;

/// <summary>The prefix below which a server is seen, because a proxy passes on that part of its site: WSGI's <c>SCRIPT_NAME</c>.</summary>
internal sealed class RootPath
{
    private readonly byte[] _bytes;

    /// <exception cref="ArgumentException">It is no path, or ends with a slash.</exception>
    internal RootPath(string path)
    {
        bool isPath = path.StartsWith('/') && !path.EndsWith('/') && !path.Contains("//", StringComparison.Ordinal)
            && !path.AsSpan().ContainsAny("?#\\%") && !path.Any(char.IsControl);
        if (!isPath)
            throw new ArgumentException(
                $"'{path}' is not a path such as /app: it begins with a slash, does not end with one, and is not percent-encoded.");
        Path = path;
        Encoded = new PathString(path).ToUriComponent();
        _bytes = Encoding.UTF8.GetBytes(path);
    }

    /// <summary>Decoded.</summary>
    internal string Path { get; }

    /// <summary>As it stands in a URL.</summary>
    internal string Encoded { get; }

    /// <summary>Takes the prefix from the request's path.</summary>
    /// <returns>False when the path does not lie below it.</returns>
    internal bool TryEnter(Exchange exchange)
    {
        var head = exchange.Head;
        var path = head.Path.Of(exchange.Message);
        int length = MatchLength(path);
        if (length < 0 || (length < path.Length && path[length] != '/'))
            return false;
        head.Path = new Slice(head.Path.Start + length, path.Length - length);
        exchange.Root = this;
        return true;
    }

    // How many bytes of a path spell the prefix, in whatever way; -1 where they do not.
    private int MatchLength(ReadOnlySpan<byte> path)
    {
        int read = 0;
        foreach (byte expected in _bytes)
        {
            if (read == path.Length)
                return -1;
            bool isEncoded = PercentEncoding.IsTriplet(path[read..]);
            int value = isEncoded ? (Syntax.HexValue(path[read + 1]) << 4) | Syntax.HexValue(path[read + 2]) : path[read];
            if (value != expected)
                return -1;
            read += isEncoded ? PercentEncoding.TripletLength : 1;
        }
        return read;
    }
}
