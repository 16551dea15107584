using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Unit.Workers;

/// <summary>A client that keeps its connection as long as the server does, and never tries a request a second time.</summary>
internal sealed class KeepAliveClient(int port) : IDisposable
{
    private readonly byte[] _buffer = new byte[4096];
    private TcpClient? _connection;

    /// <summary>How often it has connected.</summary>
    internal int Connections { get; private set; }

    /// <summary>The process that answered last on the present connection.</summary>
    internal int? Process { get; private set; }

    /// <summary>The head of the last answer.</summary>
    internal string Head { get; private set; } = "";

    /// <summary>The process that has answered.</summary>
    /// <exception cref="IOException">The connection ended before the answer did.</exception>
    /// <exception cref="SocketException">Connecting was refused.</exception>
    internal async Task<int> AskAsync(string query, CancellationToken cancellation)
    {
        if (_connection is null)
        {
            Process = null;
            _connection = new TcpClient();
            Connections++;
            await _connection.ConnectAsync(IPAddress.Loopback, port, cancellation);
        }
        var stream = _connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /probe.py?{query} HTTP/1.1\r\nHost: a\r\n\r\n"), cancellation);
        int length = 0;
        int end;
        string text;
        do
        {
            int count = await stream.ReadAsync(_buffer.AsMemory(length), cancellation);
            if (count == 0)
                throw new IOException("The connection ended without an answer.");
            length += count;
            text = Encoding.Latin1.GetString(_buffer, 0, length);
        }
        while ((end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0 || text.Length < end + 4 + LengthOf(text));
        Assert.StartsWith("HTTP/1.1 200 ", text, StringComparison.Ordinal);
        Head = text[..end];
        Process = int.Parse(text[(end + 4)..], CultureInfo.InvariantCulture);
        if (Head.Contains("Connection: close", StringComparison.Ordinal))
            Close();
        return Process.Value;
    }

    internal void Close()
    {
        _connection?.Dispose();
        _connection = null;
    }

    public void Dispose() => Close();

    private static int LengthOf(string text)
    {
        const string name = "Content-Length: ";
        int at = text.IndexOf(name, StringComparison.Ordinal) + name.Length;
        return int.Parse(text[at..text.IndexOf('\r', at)], CultureInfo.InvariantCulture);
    }
}
