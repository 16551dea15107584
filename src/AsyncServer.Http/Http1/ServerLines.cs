using System.Globalization;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>The <c>Date</c> and <c>Server</c> lines of a hub's responses, rebuilt when the wall clock reaches a new second.</summary>
internal sealed class ServerLines(Hub hub, bool withServer)
{
    private const int MillisecondsPerSecond = 1000;

    private byte[] _lines = [];
    private TimeSpan _validUntil = TimeSpan.MinValue;

    internal ReadOnlySpan<byte> Both => Current();

    internal ReadOnlySpan<byte> Date => Current()[..DateLength];

    internal ReadOnlySpan<byte> Server => Current()[DateLength..];

    // "Date: " + an IMF-fixdate of 29 characters + CRLF.
    private const int DateLength = 6 + 29 + 2;

    private ReadOnlySpan<byte> Current()
    {
        if (hub.Now >= _validUntil)
            Make();
        return _lines;
    }

    private void Make()
    {
        var now = hub.TimeProvider.GetUtcNow();
        _validUntil = hub.Now + TimeSpan.FromMilliseconds(MillisecondsPerSecond - now.Millisecond);
        string server = withServer ? "Server: AsyncServer\r\n" : "";
        _lines = Encoding.ASCII.GetBytes($"Date: {now.ToString("R", CultureInfo.InvariantCulture)}\r\n{server}");
    }
}
