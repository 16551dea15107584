using System.Buffers;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// One end of a line between two processes: whole messages in order, with descriptors if need be (a socketpair with SCM_RIGHTS). When a
/// process ends, however it does, the other end learns of it. Linux only.
/// </summary>
public sealed class ProcessChannel : IDisposable
{
    /// <summary>Bytes of a message at the most.</summary>
    public const int MaxMessageSize = 4096;

    private readonly SafeFileHandle _socket;
    private DescriptorWatch? _watch;

    private ProcessChannel(SafeFileHandle socket) => _socket = socket;

    /// <summary>
    /// Makes both ends; the second is for a child process (<see cref="ChildProcessOptions.Descriptors"/>) and to be closed here when that
    /// has started.
    /// </summary>
    /// <exception cref="System.ComponentModel.Win32Exception">The system refused.</exception>
    public static (ProcessChannel Here, SafeHandle There) CreatePair()
    {
        int result = MessageSocket.Pair(out int here, out int there);
        return result == 0
            ? (new ProcessChannel(new SafeFileHandle(here, ownsHandle: true)), new SafeFileHandle(there, ownsHandle: true))
            : throw Errno.ToException(-result, "socketpair");
    }

    /// <summary>The end that this process was started with. What it starts itself will not have it.</summary>
    /// <param name="descriptor">The descriptor's number.</param>
    public static ProcessChannel Inherit(int descriptor)
    {
        SocketDescriptor.CloseOnExec(descriptor);
        return new ProcessChannel(new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>Sends a message without waiting; any thread may call it.</summary>
    /// <param name="message">1 to <see cref="MaxMessageSize"/> bytes.</param>
    /// <param name="descriptors">What the other process is to have too; they stay open here.</param>
    /// <returns>False when the other end was closed, or has not read for so long that nothing more fits.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The message is empty or too long, or there are more than 64 descriptors.</exception>
    public bool TrySend(ReadOnlySpan<byte> message, params IReadOnlyList<SafeHandle> descriptors)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        ArgumentOutOfRangeException.ThrowIfZero(message.Length, nameof(message));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(message.Length, MaxMessageSize, nameof(message));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Count, MessageSocket.MostDescriptors, nameof(descriptors));
        try
        {
            using var held = new HeldDescriptor(_socket);
            int[] numbers = [.. descriptors.Select(static handle => (int)handle.DangerousGetHandle())];
            bool isSent = MessageSocket.Send(held.Number, message, numbers) >= 0;
            GC.KeepAlive(descriptors);
            return isSent;
        }
        catch (ObjectDisposedException)
        {
            return false; // closed here
        }
    }

    /// <summary>Waits on the current hub for the next message.</summary>
    /// <exception cref="InvalidOperationException">This thread is not the hub's that it was first received on.</exception>
    public async ValueTask<ProcessMessage> ReceiveAsync()
    {
        var hub = Hub.Current ?? throw new InvalidOperationException("ProcessChannel.ReceiveAsync needs a hub on this thread.");
        _watch ??= new DescriptorWatch(hub, _socket, "a message of another process");
        while (!_socket.IsClosed)
        {
            if (TryReceive() is { } message)
                return message;
            if (!await _watch.WaitAsync())
                break;
        }
        return default;
    }

    /// <summary>Closes it. Where it was received on, that hub's thread does so.</summary>
    public void Dispose()
    {
        _watch?.Dispose();
        _socket.Dispose();
    }

    private ProcessMessage? TryReceive()
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(MaxMessageSize);
        using var held = new HeldDescriptor(_socket);
        int count = MessageSocket.Receive(held.Number, buffer, out int[] descriptors);
        ReadOnlyMemory<byte> bytes = buffer.AsSpan(0, Math.Max(count, 0)).ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        if (count == -Errno.TryAgain)
            return null;
        return new ProcessMessage(bytes, [.. descriptors.Select(static number => new SafeFileHandle(number, ownsHandle: true))]);
    }
}
