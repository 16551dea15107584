using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace AsyncServer.Fuzz;

/// <summary>Holds the conversation of a case with a server, and keeps what came back.</summary>
/// <param name="Expectations">What the parser says of everything that was sent.</param>
/// <param name="Received">All that came back.</param>
/// <param name="HasEnded">Whether the server ended the connection, in time.</param>
/// <param name="Took">From the first byte to the end.</param>
internal sealed record Conversation(IReadOnlyList<Expectation> Expectations, string Received, bool HasEnded, TimeSpan Took)
{
    private const string Again = "GET /again HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    /// <summary>Longer than any deadline of the server, on a busy machine too.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    internal List<string> Methods => [.. Expectations.Select(static expectation => expectation.Method)];

    /// <exception cref="SocketException">The server does not accept.</exception>
    internal static async Task<Conversation> HoldAsync(IPEndPoint server, FuzzCase fuzzCase, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        byte[] bytes = fuzzCase.Bytes;
        var expectations = Oracle.Read(bytes);
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, patience.Token);
        long begun = Stopwatch.GetTimestamp();
        var receiving = new Receiving(socket, [.. expectations.Select(static expectation => expectation.Method)]);
        bool hasEnded = true;
        try
        {
            var reading = fuzzCase.End == FuzzEnd.Reset ? Task.CompletedTask : receiving.RunAsync(patience.Token);
            await SendAsync(socket, fuzzCase.Pieces, patience.Token);
            if (fuzzCase.End == FuzzEnd.Reset)
                socket.LingerState = new LingerOption(true, 0);
            else if (fuzzCase.End == FuzzEnd.AskAgain
                && expectations.TrueForAll(static expectation => expectation is { Kind: MessageKind.Whole, KeepAlive: true }))
            {
                await receiving.HasAnswers(expectations.Count).WaitAsync(patience.Token);
                expectations = Oracle.Read([.. bytes, .. Encoding.ASCII.GetBytes(Again)]);
                await SendAsync(socket, [new FuzzPiece(Encoding.ASCII.GetBytes(Again), 0)], patience.Token);
            }
            else if (fuzzCase.End != FuzzEnd.Wait)
                ShutdownSend(socket);
            await reading;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            hasEnded = false;
        }
        return new Conversation(expectations, receiving.Text, hasEnded, Stopwatch.GetElapsedTime(begun));
    }

    private static async Task SendAsync(Socket socket, IEnumerable<FuzzPiece> pieces, CancellationToken cancellation)
    {
        try
        {
            foreach (var piece in pieces)
            {
                if (piece.Pause > 0)
                    await Task.Delay(TimeSpan.FromMilliseconds(piece.Pause), TimeProvider.System, cancellation);
                for (var unsent = piece.Bytes.AsMemory(); !unsent.IsEmpty;)
                    unsent = unsent[await socket.SendAsync(unsent, cancellation)..];
            }
        }
        catch (SocketException)
        {
            // The server has ended the connection; what it said before that counts.
        }
    }

    private static void ShutdownSend(Socket socket)
    {
        try { socket.Shutdown(SocketShutdown.Send); }
        catch (SocketException) { /* the server was faster */ }
    }
}
