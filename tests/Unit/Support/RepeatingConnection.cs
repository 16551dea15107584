using System.Net;
using AsyncServer.Runtime;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Unit.Support;

/// <summary>A peer that sends the same bytes so many times and swallows every answer; it allocates nothing itself.</summary>
internal sealed class RepeatingConnection : Connection
{
    private readonly byte[] _arrival;
    private int _left;

    internal RepeatingConnection(Hub hub, byte[] arrival, int count) : base(hub, descriptor: -1)
    {
        hub.Occupancy.ConnectionComing();
        _arrival = arrival;
        _left = count;
        Ready(PollEvents.Readable | PollEvents.PeerClosed); // stays readable until the end is received
    }

    internal long Swallowed { get; private set; }

    public override EndPoint? LocalEndPoint => null;

    public override EndPoint? RemoteEndPoint => null;

    private protected override TransferResult ReceiveCore(Span<byte> buffer)
    {
        if (_left-- == 0)
            return TransferResult.EndOfStream;
        _arrival.CopyTo(buffer);
        return TransferResult.Done(_arrival.Length);
    }

    private protected override TransferResult SendCore(ReadOnlySpan<byte> data, bool moreFollows) => Swallow(data.Length);

    private protected override TransferResult SendCore(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => Swallow(first.Length + second.Length);

    private protected override TransferResult SendFileCore(SafeFileHandle file, long offset, int count) => Swallow(count);

    private protected override void ShutdownSendCore() { }

    private protected override void CloseCore(bool reset) { }

    private TransferResult Swallow(int count)
    {
        Swallowed += count;
        return TransferResult.Done(count);
    }
}
