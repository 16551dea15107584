using System.Net;
using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Load;

/// <summary>One keep-alive client on a hub. It connects when it must, and again after a failure.</summary>
internal sealed class LoadClient(IPEndPoint server) : IDisposable
{
    /// <summary>Long beside any answer of a healthy server, short beside a person's patience.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);

    private Connection? _connection;

    /// <summary>The bytes of a request without a body.</summary>
    /// <param name="server">For the Host header.</param>
    /// <param name="path">The target.</param>
    /// <param name="method">The method.</param>
    /// <param name="headers">Further header lines, each with its CRLF.</param>
    public static byte[] Request(IPEndPoint server, string path, string method = "GET", string headers = "") =>
        Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {server}\r\n{headers}\r\n");

    /// <summary>Sends one request or several in one piece, and reads as many answers.</summary>
    /// <returns>Bytes received.</returns>
    /// <exception cref="IOException">The server refused, or the connection was reset, or no answer came in time.</exception>
    /// <exception cref="InvalidDataException">An answer is not what is expected.</exception>
    /// <exception cref="TimeoutException">Nobody took the connection in time.</exception>
    public Task<long> AskAsync(ReadOnlyMemory<byte> requests, params Expected[] answers) =>
        AskAsync(requests, TimeSpan.Zero, answers);

    /// <summary>The same for a client that rests before each look at what has come.</summary>
    /// <inheritdoc cref="AskAsync(ReadOnlyMemory{byte}, Expected[])"/>
    public Task<long> AskAsync(ReadOnlyMemory<byte> requests, TimeSpan readPause, params Expected[] answers) =>
        ExchangeAsync(connection => connection.SendAsync(requests), readPause, answers);

    /// <summary>The same for a request that takes its time: answers are read while it is sent.</summary>
    /// <inheritdoc cref="AskAsync(ReadOnlyMemory{byte}, Expected[])"/>
    public Task<long> ExchangeAsync(Func<Connection, ValueTask> send, params Expected[] answers) =>
        ExchangeAsync(send, TimeSpan.Zero, answers);

    /// <summary>A connection of its own, for what is no exchange of requests and answers.</summary>
    /// <exception cref="IOException">The server refused.</exception>
    /// <exception cref="TimeoutException">Nobody took the connection in time.</exception>
    public static async Task<Connection> ConnectAsync(IPEndPoint server)
    {
        using var deadline = new CancellationTokenSource(AnswerTimeout);
        try
        {
            return await Connection.ConnectAsync(server, deadline.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            throw new TimeoutException($"not connected within {AnswerTimeout.TotalSeconds} s");
        }
    }

    public void Dispose()
    {
        _connection?.Close();
        _connection = null;
    }

    private async Task<long> ExchangeAsync(Func<Connection, ValueTask> send, TimeSpan readPause, Expected[] answers)
    {
        var connection = _connection ?? await ConnectAsync(server);
        _connection = null;
        try
        {
            connection.SetDeadline(AnswerTimeout);
            var sent = send(connection);
            using var reader = new ResponseReader(connection, readPause);
            foreach (var expected in answers)
                await reader.ReadAsync(expected);
            reader.CheckNothingLeft();
            await sent;
            if (answers[^1].Closes)
            {
                connection.Close();
            }
            else
            {
                connection.SetDeadline(TimeSpan.Zero);
                _connection = connection;
            }
            return reader.Count;
        }
        finally
        {
            if (_connection is null)
                connection.Abort(); // also ends a send that is still under way
        }
    }
}
