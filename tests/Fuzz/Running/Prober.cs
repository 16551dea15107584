using System.Net.Sockets;

namespace AsyncServer.Fuzz;

/// <summary>Tries a case on a server, and then asks whether that is well.</summary>
internal sealed class Prober(ServerUnderTest server)
{
    private static readonly FuzzCase Sentinel = new([new FuzzPiece("GET /sentinel HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), 0)],
        FuzzEnd.HalfClose);

    private readonly Verdict _verdict = new(server.IsOurs);

    /// <returns>What is wrong; null when nothing is.</returns>
    internal async Task<string?> TryAsync(FuzzCase fuzzCase, CancellationToken cancellation)
    {
        try
        {
            return await JudgeAsync(fuzzCase, cancellation)
                ?? (await JudgeAsync(Sentinel, cancellation) is { } mistake ? "the next client, on a connection of its own: " + mistake
                    : null);
        }
        catch (SocketException exception)
        {
            return server.HasDied ? "the server has died" : $"the server does not accept: {exception.Message}";
        }
    }

    private async Task<string?> JudgeAsync(FuzzCase fuzzCase, CancellationToken cancellation) =>
        _verdict.Judge(await Conversation.HoldAsync(server.EndPoint, fuzzCase, cancellation), fuzzCase.End);
}
