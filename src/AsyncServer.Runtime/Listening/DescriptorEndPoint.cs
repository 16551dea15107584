using System.Globalization;
using System.Net;

namespace AsyncServer.Runtime;

/// <summary>A listening socket that this process has inherited, by its descriptor; socket activation hands servers such ones.</summary>
/// <param name="descriptor">An open descriptor of a stream socket that listens or is bound, 0 or above.</param>
public sealed class DescriptorEndPoint(int descriptor) : EndPoint
{
    /// <summary>The descriptor.</summary>
    public int Descriptor { get; } = descriptor >= 0 ? descriptor : throw new ArgumentOutOfRangeException(nameof(descriptor));

    /// <summary>
    /// What the process that opened the socket calls it (systemd: <c>FileDescriptorName=</c>); null where it has no name.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>
    /// One that this process was started with. From now on its children do not get it: they would hold it open when this process has
    /// ended.
    /// </summary>
    /// <param name="descriptor">As in the constructor.</param>
    public static DescriptorEndPoint Inherit(int descriptor) => Inherit(descriptor, name: null);

    /// <summary>In the form of the command line: <c>fd:3</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"fd:{Descriptor}");

    internal static DescriptorEndPoint Inherit(int descriptor, string? name)
    {
        var endPoint = new DescriptorEndPoint(descriptor) { Name = name };
        if (NativeCalls.AreUsed)
            SocketDescriptor.CloseOnExec(descriptor);
        return endPoint;
    }
}
