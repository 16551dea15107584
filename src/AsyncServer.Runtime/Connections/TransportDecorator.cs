using System.Net;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A transport that stands on another one and passes everything on to it, except for what a subclass does itself.
/// <see cref="Connection.Stack"/> puts it on top.
/// </summary>
/// <remarks>
/// What a decorator that encodes and decodes has to observe: it may hold decoded input while the system's queue is empty, so it answers
/// <see cref="Transport.HasBufferedInput"/> and copies <see cref="TransferResult.IsDrained"/> from its last receive below. Output that it
/// has accepted and that did not fit below it reports as <see cref="TransferResult.HoldsOutput"/>, after a receive as well, and sends when
/// <see cref="Transport.Flush"/> is called.
/// </remarks>
internal abstract class TransportDecorator(Transport inner) : Transport
{
    internal override EndPoint? LocalEndPoint => Inner.LocalEndPoint;

    internal override EndPoint? RemoteEndPoint => Inner.RemoteEndPoint;

    internal override bool IsDecorator => true;

    internal override bool HasBufferedInput => Inner.HasBufferedInput;

    // Replaced on the hub's thread when the one below has nothing left to do. Other threads read it for the addresses, which all layers
    // share.
    protected Transport Inner { get; private set; } = inner;

    internal override int FormatRemoteAddress(Span<byte> text) => Inner.FormatRemoteAddress(text);

    internal override int PendingCount(long sent) => Inner.PendingCount(sent);

    internal override TransferResult Receive(Span<byte> buffer)
    {
        var result = Inner.Receive(buffer);
        Inner = Inner.Peel();
        return result;
    }

    internal override TransferResult Send(ReadOnlySpan<byte> data, bool moreFollows) => Inner.Send(data, moreFollows);

    internal override TransferResult Send(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => Inner.Send(first, second);

    internal override TransferResult SendFile(SafeFileHandle file, long offset, int count) => Inner.SendFile(file, offset, count);

    internal override TransferResult Flush() => Inner.Flush();

    internal override void ReportLateInput() => Inner.ReportLateInput();

    internal override void ShutdownSend() => Inner.ShutdownSend();

    internal override void Close(bool reset) => Inner.Close(reset);
}
