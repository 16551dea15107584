using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>An exchange over HTTP/1.x: with the buffers of its connection, and what reads and writes them.</summary>
internal sealed class Http1Exchange : Exchange
{
    internal Http1Exchange(HttpService service, IServerObserver[] observers, ServerLines lines)
        : this(service, observers, new Parts(service.Limits, lines))
    {
    }

    private Http1Exchange(HttpService service, IServerObserver[] observers, Parts parts)
        : base(service, observers, parts.Head, parts.Body, parts.Encoder)
    {
        Input = parts.Input;
        Output = parts.Output;
        Body = parts.Body;
        Encoder = parts.Encoder;
        Deadlines = parts.Deadlines;
    }

    internal InputBuffer Input { get; }

    internal OutputBuffer Output { get; }

    internal new Http1Body Body { get; }

    internal Http1Encoder Encoder { get; }

    internal RequestDeadlines Deadlines { get; }

    internal override ReadOnlySpan<byte> Message => Input.Message;

    internal override string Protocol => Head.MinorVersion == 0 ? "HTTP/1.0" : "HTTP/1.1";

    /// <summary>The connection is busy from now on.</summary>
    internal void Take(Connection connection)
    {
        Connection = connection;
        Body.Take(connection);
        Encoder.Take(connection);
        Deadlines.Take(connection);
    }

    internal void BeginRequest(bool isLast)
    {
        Input.KeepHead(Head.Length);
        Body.Begin(Head);
        Encoder.Begin(close: isLast || !Head.KeepAlive);
        Start();
    }

    internal void EndRequest()
    {
        End();
        Input.NextMessage();
    }

    /// <summary>Leaves nothing of this connection behind for the next one.</summary>
    internal void Release(bool keepBuffers)
    {
        TellCut();
        Forget();
        Input.Release(keepBuffers);
        Output.Release(keepBuffers);
        Deadlines.Forget();
        Connection = null!;
    }

    /// <summary>Gives the buffers back that were kept for the next connection.</summary>
    internal void Discard()
    {
        Input.Release(keepBuffer: false);
        Output.Release(keepBuffer: false);
    }

    // They know each other before the exchange does.
    private sealed class Parts
    {
        internal Parts(HttpLimits limits, ServerLines lines)
        {
            Deadlines = new RequestDeadlines(limits, () => Body!.Received);
            Output = new OutputBuffer(Deadlines);
            Body = new Http1Body(limits, Input, Output, Deadlines);
            Encoder = new Http1Encoder(Head, Output, lines);
        }

        internal RequestHead Head { get; } = new();

        internal InputBuffer Input { get; } = new();

        internal OutputBuffer Output { get; }

        internal Http1Body Body { get; }

        internal Http1Encoder Encoder { get; }

        internal RequestDeadlines Deadlines { get; }
    }
}
