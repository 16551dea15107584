using System.Globalization;

namespace AsyncServer.Runtime;

/// <summary>
/// The listening sockets that systemd, or whatever else speaks its protocol, has opened for this process (socket activation,
/// <c>sd_listen_fds</c>).
/// </summary>
/// <example>
/// <code>
/// var sockets = ActivatedSockets.Take();
/// var server = new StreamServer(sockets.First(socket => socket.Name == "echo"), EchoAsync);
/// </code>
/// </example>
public static class ActivatedSockets
{
    /// <summary>The descriptor of the first one (<c>SD_LISTEN_FDS_START</c>); the others follow it.</summary>
    public const int FirstDescriptor = 3;

    private const string ProcessVariable = "LISTEN_PID";
    private const string CountVariable = "LISTEN_FDS";
    private const string NamesVariable = "LISTEN_FDNAMES";

    /// <summary>
    /// Takes the sockets that <c>LISTEN_PID</c>, <c>LISTEN_FDS</c> and <c>LISTEN_FDNAMES</c> tell of, and removes these variables, so
    /// that the processes started from here on do not take the same sockets. To be called once.
    /// </summary>
    /// <returns>
    /// The sockets in their order, with their names; none when there are none, or when they are meant for another process.
    /// </returns>
    public static IReadOnlyList<DescriptorEndPoint> Take()
    {
        string? process = Environment.GetEnvironmentVariable(ProcessVariable);
        string? count = Environment.GetEnvironmentVariable(CountVariable);
        string[] names = Environment.GetEnvironmentVariable(NamesVariable) is { Length: > 0 } text ? text.Split(':') : [];
        foreach (string variable in (string[])[ProcessVariable, CountVariable, NamesVariable])
            Environment.SetEnvironmentVariable(variable, null);
        bool areForThis = process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        if (!areForThis || !int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int sockets))
            return [];
        return [.. Enumerable.Range(0, sockets).Select(Inherit)];

        DescriptorEndPoint Inherit(int index) => DescriptorEndPoint.Inherit(FirstDescriptor + index, names.ElementAtOrDefault(index));
    }
}
