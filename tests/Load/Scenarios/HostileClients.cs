using System.Net;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>Clients that a server has to get rid of; each returns when it has, and fails when it has not.</summary>
internal sealed class HostileClients(IPEndPoint server, string path, TimeProvider time)
{
    /// <summary>Which the server's own limits, on which these clients wait, stay far below.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan DribbleInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Asks for a large answer, takes its beginning, and resets the connection.</summary>
    public async Task<long> ResetAsync()
    {
        using var connection = await LoadClient.ConnectAsync(server);
        connection.SetDeadline(Patience);
        await connection.SendAsync(LoadClient.Request(server, path));
        byte[] beginning = new byte[1024];
        int count = await connection.ReceiveAsync(beginning);
        connection.Abort();
        return beginning.AsSpan(0, count).StartsWith("HTTP/1.1 200 "u8) ? count
            : throw new InvalidDataException("an answer that begins otherwise");
    }

    /// <summary>Sends a head that never ends, a byte at a time: 408 or an end is due.</summary>
    public async Task<long> DribbleHeadAsync()
    {
        using var connection = await LoadClient.ConnectAsync(server);
        await connection.SendAsync("GET / HTTP/1.1\r\nX: "u8.ToArray());
        byte[] answer = new byte[1024];
        int filled = 0;
        for (long started = time.GetTimestamp(); time.GetElapsedTime(started) < Patience;)
        {
            connection.SetDeadline(DribbleInterval);
            if (!await connection.WaitReadableAsync())
            {
                _ = connection.Send("x"u8); // a broken connection shows in the receive
                continue;
            }
            var received = connection.Receive(answer.AsSpan(filled));
            filled += received.Count;
            if (received.Status is TransferStatus.EndOfStream or TransferStatus.Broken)
                return filled == 0 || answer.AsSpan().StartsWith("HTTP/1.1 408 "u8) ? filled
                    : throw new InvalidDataException("an answer other than 408 to half a head");
        }
        throw new TimeoutException($"a head without an end is still waited for after {Patience.TotalSeconds} s");
    }

    /// <summary>Asks for a large answer and reads nothing: a reset is due.</summary>
    public async Task<long> NeverReadAsync()
    {
        using var connection = await LoadClient.ConnectAsync(server);
        await connection.SendAsync(LoadClient.Request(server, path));
        try
        {
            await Coroutine.Sleep(Patience, connection.CancellationToken);
        }
        catch (OperationCanceledException) when (connection.CancellationToken.IsCancellationRequested)
        {
            return 0; // reset, as it should be
        }
        throw new TimeoutException($"a client that never reads still has its connection after {Patience.TotalSeconds} s");
    }
}
