using System.Globalization;
using System.Net;
using AsyncServer.Configuration;
using AsyncServer.Runtime;

namespace AsyncServer.Workers;

/// <summary>
/// What a worker process is started with, or the process of one connection: on the command line its slot's number and how many sockets it gets, and as descriptors the line to the supervisor, the
/// configuration file as the supervisor has read it, and the sockets, or the connection.
/// </summary>
internal sealed record WorkerSeat(int Slot, int Sockets)
{
    /// <summary>Its flag on the command line, which people see in a list of processes.</summary>
    internal const string Flag = "--worker";

    private const string ConnectionName = "connection";
    private const int ChannelDescriptor = 3;
    private const int ConfigurationDescriptor = 4;
    private const int FirstSocket = 5;

    /// <summary>For the model that has a process for each connection.</summary>
    internal static WorkerSeat OfConnection { get; } = new(0, 0);

    /// <summary>Whether it gets a connection and no listening sockets.</summary>
    internal bool IsOfConnection => Sockets == 0;

    /// <summary>As log lines name the process.</summary>
    internal string Name => IsOfConnection ? $"process {Environment.ProcessId}" : $"worker {Slot}";

    /// <summary>The listening sockets.</summary>
    internal IReadOnlyList<EndPoint> EndPoints => [.. Enumerable.Range(FirstSocket, Sockets).Select(DescriptorEndPoint.Inherit)];

    internal static WorkerSeat? Parse(string text) => text == ConnectionName ? OfConnection
        : text.Split(',') is [var slot, var sockets]
            && int.TryParse(slot, NumberStyles.None, CultureInfo.InvariantCulture, out int slotNumber)
            && int.TryParse(sockets, NumberStyles.None, CultureInfo.InvariantCulture, out int socketCount)
            ? new WorkerSeat(slotNumber, socketCount)
            : null;

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => IsOfConnection ? ConnectionName : string.Create(CultureInfo.InvariantCulture, $"{Slot},{Sockets}");

    /// <summary>To be called once.</summary>
    internal static ProcessChannel OpenChannel() => ProcessChannel.Inherit(ChannelDescriptor);

    /// <summary>To be called once.</summary>
    internal static AcceptedSocket TakeConnection() => AcceptedSocket.Inherit(FirstSocket);

    /// <summary>To be called once.</summary>
    internal static ConfigurationFile? TakeConfiguration() => ConfigurationFile.Unpack(MemoryFile.Take(ConfigurationDescriptor));
}
