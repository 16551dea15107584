using System.Globalization;
using System.Net;
using AsyncServer.Configuration;
using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Workers;

/// <summary>
/// What a worker process is started with, or the process of one connection: on the command line its slot's number and, for each socket
/// that it gets, the index of the listener that the socket belongs to; and as descriptors the line to the supervisor, the configuration
/// file as the supervisor has read it, and the sockets, or the connection.
/// </summary>
/// <param name="Slot">The slot; null for the process of one connection.</param>
/// <param name="Listeners">The listeners' indexes, in the order of the descriptors.</param>
/// <param name="InheritedNames">
/// The names of the sockets that the first process was started with: together with the settings they tell which listeners there are.
/// </param>
internal sealed record WorkerSeat(int? Slot, IReadOnlyList<int> Listeners, IReadOnlyList<string> InheritedNames)
{
    private const string ConnectionName = "connection";
    private const int ChannelDescriptor = 3;
    private const int ConfigurationDescriptor = 4;
    private const int FirstSocket = 5;

    // Indexes and names: neither has a colon in it (systemd.socket(5)).
    private const char Separator = ':';

    /// <summary>Whether it gets a connection and no listening sockets.</summary>
    internal bool IsOfConnection => Slot is null;

    /// <summary>As log lines name the process.</summary>
    internal string Name => IsOfConnection ? $"process {Environment.ProcessId}" : $"worker {Slot}";

    /// <summary>The sockets that the first process was started with, as names alone: this process does not have them.</summary>
    internal IReadOnlyList<DescriptorEndPoint> Inherited =>
        [.. InheritedNames.Select(static (name, index) =>
            new DescriptorEndPoint(ActivatedSockets.FirstDescriptor + index) { Name = name.Length > 0 ? name : null })];

    internal static WorkerSeat OfWorker(int slot, IReadOnlyList<int> listeners, IReadOnlyList<DescriptorEndPoint> inherited) =>
        new(slot, listeners, NamesOf(inherited));

    /// <summary>For the model that has a process for each connection.</summary>
    internal static WorkerSeat OfConnection(int listener, IReadOnlyList<DescriptorEndPoint> inherited) =>
        new(null, [listener], NamesOf(inherited));

    /// <summary>Reads what <see cref="ToString"/> writes; null if it is something else.</summary>
    internal static WorkerSeat? Parse(string text)
    {
        if (text.Split(',', 3) is not [var place, var indexes, .. var names])
            return null;
        var listeners = indexes.Split(Separator).Select(Number).ToList();
        int slot = Number(place);
        bool hasSlot = slot >= 0;
        bool areListeners = listeners.TrueForAll(static listener => listener >= 0) && listeners.Distinct().Count() == listeners.Count;
        bool isSeat = hasSlot || (place == ConnectionName && listeners.Count == 1);
        if (!areListeners || !isSeat)
            return null;
        return new WorkerSeat(hasSlot ? slot : null, listeners, names is [var some] ? some.Split(Separator) : []);
    }

    /// <summary>As <see cref="Parse"/> reads it: <c>1,0:1:2</c>, and a third part where sockets were inherited.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Slot?.ToString(CultureInfo.InvariantCulture) ?? ConnectionName},{string.Join(Separator, Listeners)}")
        + (InheritedNames.Count > 0 ? "," + string.Join(Separator, InheritedNames) : "");

    /// <summary>
    /// The listeners of the settings. Those of a worker have the sockets that came for them; the process of a connection listens on none
    /// of them. To be called once.
    /// </summary>
    /// <exception cref="IOException">
    /// A socket is for a listener that the settings do not have, or a listener got none: the process must not guess which is meant.
    /// </exception>
    internal IReadOnlyList<HttpListenOptions> Listen(EffectiveSettings settings)
    {
        var sockets = IsOfConnection ? [] : Listeners.Select(static (listener, position) => (listener, position))
            .ToDictionary(static pair => pair.listener, static pair => (EndPoint)DescriptorEndPoint.Inherit(FirstSocket + pair.position));
        var listen = ListenSettings.Read(settings, Inherited, sockets);
        bool areKnown = Listeners.All(listener => listener < listen.Count);
        if (!areKnown || (!IsOfConnection && sockets.Count < listen.Count))
        {
            string came = string.Join(", ", Listeners);
            throw new IOException($"Sockets came for the listeners {came}, and the settings have {listen.Count}, counted from 0. "
                + "Nothing is served by the options of another listener.");
        }
        return listen;
    }

    /// <summary>The connection. To be called once.</summary>
    internal AcceptedSocket TakeConnection() => AcceptedSocket.Inherit(FirstSocket, Listeners[0]);

    /// <summary>To be called once.</summary>
    internal static ProcessChannel OpenChannel() => ProcessChannel.Inherit(ChannelDescriptor);

    /// <summary>To be called once.</summary>
    internal static ConfigurationFile? TakeConfiguration() => ConfigurationFile.Unpack(MemoryFile.Take(ConfigurationDescriptor));

    private static string[] NamesOf(IReadOnlyList<DescriptorEndPoint> inherited) =>
        [.. inherited.Select(static socket => socket.Name ?? "")];

    // Minus one for what is no number.
    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : -1;
}
