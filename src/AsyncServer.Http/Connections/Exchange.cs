using System.Text;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// All state of a request and its response, with their buffers. A connection holds one from the first byte of a request until
/// it is idle again; then it goes back to the pool. The version tells uses after the request from uses within it.
/// </summary>
internal sealed class Exchange
{
    internal Exchange(HttpLimits limits)
    {
        Output = new OutputBuffer(limits);
        Body = new RequestBody(limits, Input, Output);
        Response = new ResponseState(Head, Body, Output);
    }

    internal InputBuffer Input { get; } = new();

    internal OutputBuffer Output { get; }

    internal RequestHead Head { get; } = new();

    internal RequestBody Body { get; }

    internal ResponseState Response { get; }

    internal Connection Connection { get; private set; } = null!;

    /// <summary>Changes when a request ends: whoever kept an older one is told.</summary>
    internal int Version { get; private set; }

    /// <summary>The decoded path, once somebody asked for it or a route knew it.</summary>
    internal string? Path { get; set; }

    /// <summary>The path as it was sent, for the log: decoded, a line end in it would forge a line there.</summary>
    internal string SentPath => Encoding.Latin1.GetString((Head.TargetForm == TargetForm.Asterisk ? Head.Target : Head.Path).Of(Message));

    /// <summary>The hub's time when the app did not answer at once.</summary>
    internal TimeSpan WaitingSince { get; set; }

    internal ReadOnlySpan<byte> Message => Input.Message;

    /// <summary>Whether a read or a write that somebody began has not ended.</summary>
    internal bool IsBusy => Body.IsReading || Output.IsWaiting || Response.IsSendingFile;

    internal void Take(Connection connection)
    {
        Connection = connection;
        Output.Take(connection);
    }

    internal void BeginRequest(ServerLines lines, bool isLast)
    {
        Input.KeepHead(Head.Length);
        Path = null;
        Body.Begin(Connection, Head);
        Response.Begin(Connection, lines, close: isLast || !Head.KeepAlive);
    }

    internal void EndRequest()
    {
        Version++;
        Head.Reset();
        Input.NextMessage();
    }

    /// <summary>Ends its use for good: what still reads or writes must never meet another connection's bytes.</summary>
    internal void Abandon() => Version++;

    /// <summary>Leaves nothing of this connection behind for the next one.</summary>
    internal void Release(bool keepBuffers)
    {
        Version++;
        Head.Reset();
        Input.Release(keepBuffers);
        Output.Release(keepBuffers);
        Connection = null!;
    }
}
