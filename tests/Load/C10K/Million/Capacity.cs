namespace AsyncServer.Load;

/// <summary>How many connections a machine can hold, both ends of each, and what sets the limit.</summary>
internal sealed record Capacity
{
    // What a process needs beside its connections.
    private const int DescriptorReserve = 500;

    // Both ends of an idle connection: the kernel's two sockets with their files, and what server and client keep of it.
    private const long BytesPerConnection = 12 * 1024;

    // What a worker or a client takes before its first connection.
    private const long BytesPerProcess = 30L << 20;

    public required int Workers { get; init; }

    public required int Clients { get; init; }

    /// <summary>Descriptors that a process may have open.</summary>
    public required long DescriptorsPerProcess { get; init; }

    /// <summary>Descriptors that the whole system may still open.</summary>
    public required long SystemDescriptors { get; init; }

    /// <summary>Memory that processes and the kernel may still take.</summary>
    public required long AvailableBytes { get; init; }

    /// <summary>Connections that the kernel's connection tracking still has room for; null where nothing is tracked.</summary>
    public required long? TrackedConnections { get; init; }

    /// <summary>As the machine is now.</summary>
    /// <param name="workers">Server processes.</param>
    /// <param name="clients">Client processes.</param>
    /// <param name="isTracked">Whether connections here are tracked.</param>
    public static Capacity Now(int workers, int clients, bool isTracked) => new()
    {
        Workers = workers,
        Clients = clients,
        DescriptorsPerProcess = ProcessFacts.DescriptorLimit(Environment.ProcessId),
        SystemDescriptors = Number("/proc/sys/fs/file-nr", 2) - Number("/proc/sys/fs/file-nr", 0),
        AvailableBytes = MachineMemory.AvailableBytes - MachineMemory.ReserveBytes,
        TrackedConnections = isTracked && File.Exists("/proc/sys/net/netfilter/nf_conntrack_max")
            ? Number("/proc/sys/net/netfilter/nf_conntrack_max", 0) - Number("/proc/sys/net/netfilter/nf_conntrack_count", 0)
            : null,
    };

    /// <summary>The most connections, and what there is no more of.</summary>
    public (long Connections, string Limit) Most => Limits.MinBy(limit => limit.Connections);

    private IEnumerable<(long Connections, string Limit)> Limits =>
    [
        (Clients * (DescriptorsPerProcess - DescriptorReserve),
            $"{Clients} client processes with {DescriptorsPerProcess:N0} descriptors each"),
        (Math.Max(1, Workers) * (DescriptorsPerProcess - DescriptorReserve),
            $"{Math.Max(1, Workers)} server processes with {DescriptorsPerProcess:N0} descriptors each"),
        (SystemDescriptors / 2, $"{SystemDescriptors:N0} descriptors that the system may still open"),
        (Math.Max(0, (AvailableBytes - (Workers + Clients) * BytesPerProcess) / BytesPerConnection),
            $"{AvailableBytes >> 20:N0} MB of memory"),
        .. TrackedConnections is { } tracked ? [(tracked, $"{tracked:N0} free entries of the kernel's connection tracking")]
            : Array.Empty<(long, string)>(),
    ];

    private static long Number(string file, int index) =>
        (long)Math.Min(long.MaxValue,
            decimal.Parse(File.ReadAllText(file).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[index],
                System.Globalization.CultureInfo.InvariantCulture));
}
