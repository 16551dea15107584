using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Deadlines with the phases of HTTP.</summary>
internal static class ConnectionPhases
{
    // Made once: the names stand in log lines.
    private static readonly string[] Names = [.. Enum.GetNames<ConnectionPhase>()
        .Select(static name => char.ToLowerInvariant(name[0]) + name[1..])];

    private static readonly byte[][] Utf8Names = [.. Names.Select(Encoding.ASCII.GetBytes)];

    internal static void SetRead(this Deadlines deadlines, TimeSpan timeout, ConnectionPhase phase) =>
        deadlines.SetRead(timeout, (byte)phase);

    /// <summary>Why time was up; <see cref="ConnectionPhase.None"/> if it was not.</summary>
    internal static ConnectionPhase Expired(this Connection connection) => (ConnectionPhase)connection.Deadlines.ExpiredPhase;

    internal static ReadOnlySpan<byte> Utf8Name(this ConnectionPhase phase) => Utf8Names[(int)phase];

    /// <summary>As logs have it.</summary>
    internal static string Name(this ConnectionPhase phase) => Names[(int)phase];
}
