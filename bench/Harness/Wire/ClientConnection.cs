using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Harness;

/// <summary>A keep-alive connection to the server under test: one request, one answer, as often as wanted.</summary>
internal sealed class ClientConnection : IDisposable
{
    /// <summary>Long beside any answer of a healthy server, short beside a person's patience.</summary>
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private const int BufferSize = 4096;

    private readonly Socket _socket;

    private ClientConnection(Socket socket) => _socket = socket;

    /// <summary>False when the server has closed the connection, or has sent what nobody asked for.</summary>
    public bool IsIdle => !_socket.Poll(TimeSpan.Zero, SelectMode.SelectRead);

    /// <exception cref="SocketException">The server refused, or no port or descriptor was left.</exception>
    public static async Task<ClientConnection> ConnectAsync(IPEndPoint server, CancellationToken cancellation)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, cancellation);
            return new ClientConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The bytes of a GET request.</summary>
    public static byte[] Get(IPEndPoint server, string path) => Request(server, path, [], body: null);

    /// <summary>The bytes of a GET request, or of a POST when there is a body (ASCII).</summary>
    /// <param name="server">For Host.</param>
    /// <param name="path">The target.</param>
    /// <param name="headers">Lines without their line ends.</param>
    /// <param name="body">Null for none.</param>
    public static byte[] Request(IPEndPoint server, string path, IReadOnlyList<string> headers, string? body)
    {
        string lines = string.Concat(headers.Select(header => header + "\r\n"));
        string length = body is null ? "" : $"Content-Length: {body.Length}\r\n";
        return Encoding.ASCII.GetBytes($"{(body is null ? "GET" : "POST")} {path} HTTP/1.1\r\nHost: {server}\r\n{lines}{length}\r\n{body}");
    }

    /// <summary>Sends a request and waits for its whole answer.</summary>
    /// <exception cref="SocketException">The connection was reset.</exception>
    /// <exception cref="InvalidDataException">What arrived is not one HTTP response, or ended early.</exception>
    /// <exception cref="TimeoutException">There was no answer in time.</exception>
    public async Task<ClientResponse> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(AnswerTimeout);
        try
        {
            for (var unsent = request; !unsent.IsEmpty;)
                unsent = unsent[await _socket.SendAsync(unsent, deadline.Token)..];
            return await ReceiveAsync(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"no answer within {AnswerTimeout.TotalSeconds} s");
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<ClientResponse> ReceiveAsync(CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int filled = 0; ;)
            {
                if (filled == buffer.Length)
                    buffer = Grow(buffer);
                int count = await _socket.ReceiveAsync(buffer.AsMemory(filled), cancellation);
                if (count == 0)
                    throw new InvalidDataException($"closed after {filled} bytes of an answer");
                filled += count;
                if (ClientResponse.Parse(buffer.AsSpan(0, filled)) is not { } response)
                    continue;
                return response.Size == filled
                    ? response
                    : throw new InvalidDataException($"{filled - response.Size} bytes after the answer");
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] full)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }
}
