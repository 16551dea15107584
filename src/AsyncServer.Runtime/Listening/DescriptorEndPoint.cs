using System.Globalization;
using System.Net;

namespace AsyncServer.Runtime;

/// <summary>A listening socket that this process has inherited, by its descriptor; socket activation hands servers such ones.</summary>
/// <param name="descriptor">An open descriptor of a stream socket that listens or is bound, 0 or above.</param>
public sealed class DescriptorEndPoint(int descriptor) : EndPoint
{
    /// <summary>The descriptor.</summary>
    public int Descriptor { get; } = descriptor >= 0 ? descriptor : throw new ArgumentOutOfRangeException(nameof(descriptor));

    /// <summary>In the form of the command line: <c>fd:3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"fd:{Descriptor}");
}
