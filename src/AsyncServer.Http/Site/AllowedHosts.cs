using System.Text;

namespace AsyncServer.Http;

/// <summary>The hosts that the server answers for, without their ports.</summary>
internal sealed class AllowedHosts
{
    private const string AnyBelow = "*.";

    private readonly List<byte[]> _names = [];
    private readonly List<byte[]> _endings = []; // ".b.example" for "*.b.example"

    /// <exception cref="ArgumentException">One is no host name and no pattern.</exception>
    internal AllowedHosts(IEnumerable<string> patterns)
    {
        foreach (string pattern in patterns)
        {
            bool isPattern = pattern.StartsWith(AnyBelow, StringComparison.Ordinal);
            byte[] name = Encoding.ASCII.GetBytes(pattern);
            if (!HostSyntax.IsValid(isPattern ? name.AsSpan(AnyBelow.Length) : name) || !WithoutPort(name).SequenceEqual(name)
                || pattern.IndexOf('*', isPattern ? 1 : 0) >= 0)
                throw new ArgumentException($"'{pattern}' is not a host such as a.example, *.b.example or [::1], without a port.");
            (isPattern ? _endings : _names).Add(isPattern ? name[1..] : name);
        }
    }

    internal bool Contains(Request request)
    {
        var exchange = request.Live;
        return exchange.Origin.Host is { } forwarded ? Contains(Encoding.Latin1.GetBytes(forwarded))
            : Contains(exchange.Head.EffectiveHost.Of(exchange.Message));
    }

    private bool Contains(ReadOnlySpan<byte> host)
    {
        var name = WithoutPort(host);
        foreach (byte[] allowed in _names)
        {
            if (Ascii.EqualsIgnoreCase(allowed, name))
                return true;
        }
        foreach (byte[] ending in _endings)
        {
            if (name.Length > ending.Length && Ascii.EqualsIgnoreCase(ending, name[^ending.Length..]))
                return true;
        }
        return false;
    }

    // A dot at the end says that the name is whole; it is the same name.
    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> host)
    {
        int end = host is [(byte)'[', ..] ? host.IndexOf((byte)']') + 1 : host.IndexOf((byte)':');
        var name = end < 0 ? host : host[..end];
        return name is [.., (byte)'.'] ? name[..^1] : name;
    }
}
