using System.Globalization;
using System.Net;

namespace AsyncServer.Runtime;

/// <summary>A listening socket that this process has inherited, by its descriptor; socket activation hands servers such ones.</summary>
/// <param name="descriptor">An open descriptor of a stream socket that listens or is bound, 0 or above.</param>
public sealed class DescriptorEndPoint(int descriptor) : EndPoint
{
    /// <summary>The descriptor.</summary>
    public int Descriptor { get; } = descriptor >= 0 ? descriptor : throw new ArgumentOutOfRangeException(nameof(descriptor));

    /// <summary>One that this process was started with: from now on its children do not get it, who would hold it open when this one has ended.</summary>
    /// <param name="descriptor">As in the constructor.</param>
    public static DescriptorEndPoint Inherit(int descriptor)
    {
        var endPoint = new DescriptorEndPoint(descriptor);
        if (NativeCalls.AreUsed)
            SocketDescriptor.CloseOnExec(descriptor);
        return endPoint;
    }

    /// <summary>In the form of the command line: <c>fd:3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"fd:{Descriptor}");
}
