using System.Net;

namespace AsyncServer.Configuration;

/// <summary>The inherited sockets of some name, as the command line selects them: <c>fd:NAME</c>.</summary>
internal sealed class NamedSocketEndPoint(string name) : EndPoint
{
    internal string Name => name;

    public override string ToString() => $"fd:{name}";
}
