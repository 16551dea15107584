using System.Net;
using AsyncServer.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Unit.Support;

/// <summary>A peer that sends the same bytes so many times and swallows every answer; it allocates nothing itself.</summary>
internal sealed class RepeatingTransport(byte[] arrival, int count) : Transport
{
    private int _left = count;

    internal long Swallowed { get; private set; }

    internal override EndPoint? LocalEndPoint => null;

    internal override EndPoint? RemoteEndPoint => null;

    internal Connection Connect(Hub hub)
    {
        hub.Occupancy.ConnectionComing();
        return new Connection(hub, this);
    }

    // Stays readable until the end is received.
    internal override void Attach(Connection connection) => connection.Ready(PollEvents.Readable | PollEvents.PeerClosed);

    internal override TransferResult Receive(Span<byte> buffer)
    {
        if (_left-- == 0)
            return TransferResult.EndOfStream;
        arrival.CopyTo(buffer);
        return TransferResult.Done(arrival.Length);
    }

    internal override TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows) => Swallow(data.Length);

    internal override TransferResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => Swallow(first.Length + second.Length);

    internal override TransferResult SendFile(SafeFileHandle file, long offset, int count) => Swallow(count);

    internal override void ShutdownSend() { }

    internal override void Close(bool reset) { }

    private TransferResult Swallow(int count)
    {
        Swallowed += count;
        return TransferResult.Done(count);
    }
}
