using System.Net;
using System.Text;
using System.Text.Json.Serialization;

namespace AsyncServer.Load;

/// <summary>The first line to a client process: whom it asks, from where, for what.</summary>
internal sealed record ClientPlan
{
    /// <summary><c>address:port</c>.</summary>
    public required string Server { get; init; }

    /// <summary>Local addresses that its connections come from in turn: each has a range of ports of its own.</summary>
    public required string[] Sources { get; init; }

    /// <summary>What it asks for.</summary>
    public required string Path { get; init; }

    /// <summary>The bytes that the right answer's body has.</summary>
    public required byte[] Body { get; init; }

    [JsonIgnore]
    public IPEndPoint EndPoint => IPEndPoint.Parse(Server);

    [JsonIgnore]
    public byte[] Request => Encoding.ASCII.GetBytes($"GET {Path} HTTP/1.1\r\nHost: {Server}\r\n\r\n");
}
