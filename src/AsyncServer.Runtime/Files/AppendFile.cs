using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace AsyncServer.Runtime;

/// <summary>
/// A file, pipe or terminal that bytes are added to, each time at the end that it then has: others may write to it as well, and rename it.
/// It blocks for as long as the disk does, so it is not for hubs. One thread at a time may use it.
/// </summary>
public sealed class AppendFile : IDisposable
{
    private const int StandardOutputNumber = 1;
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;

    private readonly SafeFileHandle? _handle;
    private readonly Stream? _stream; // in the handle's place where the runtime makes no calls of its own

    private AppendFile(SafeFileHandle handle) => _handle = handle;

    private AppendFile(Stream stream) => _stream = stream;

    /// <summary>Opens a file; one that is not there is made, readable by the owner and the group (640, less the umask).</summary>
    /// <exception cref="IOException">It cannot be opened; the message says why.</exception>
    public static AppendFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!NativeCalls.AreUsed)
            return OpenPortable(path);
        int descriptor = FileDescriptor.OpenToAppend([.. Encoding.UTF8.GetBytes(path), 0], Mode);
        return descriptor < 0
            ? throw new IOException($"'{path}' cannot be written: {Marshal.GetPInvokeErrorMessage(-descriptor)}.")
            : new AppendFile(new SafeFileHandle(descriptor, ownsHandle: true));
    }

    /// <summary>The process's standard output, whatever that is. Disposing it does not close it.</summary>
    public static AppendFile StandardOutput() =>
        !NativeCalls.AreUsed ? new(Console.OpenStandardOutput()) : new(new SafeFileHandle(StandardOutputNumber, ownsHandle: false));

    /// <summary>Writes bytes, for as long as that takes.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="error">Why not all of them were written, in the system's words; null when they were.</param>
    /// <returns>How many were written.</returns>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public int Append(ReadOnlySpan<byte> data, out string? error)
    {
        if (_stream is not null)
            return Append(_stream, data, out error);
        using var held = new HeldDescriptor(_handle!);
        int written = 0;
        while (written < data.Length)
        {
            int count = FileDescriptor.Write(held.Number, data[written..]);
            if (count < 0 && count != -Errno.Interrupted)
            {
                error = Marshal.GetPInvokeErrorMessage(-count);
                return written;
            }
            written += Math.Max(count, 0);
        }
        error = null;
        return written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _handle?.Dispose();
        _stream?.Dispose();
    }

    /// <summary>
    /// The way of systems other than Linux: a look for the end and a write there, which two writers at a time may confuse.
    /// </summary>
    internal static AppendFile OpenPortable(string path)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = Mode;
        try
        {
            return new AppendFile(new FileStream(path, options));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"'{path}' cannot be written: {exception.Message}", exception);
        }
    }

    private static int Append(Stream stream, ReadOnlySpan<byte> data, out string? error)
    {
        error = null;
        try
        {
            if (stream.CanSeek)
                stream.Seek(0, SeekOrigin.End);
            stream.Write(data);
            stream.Flush();
            return data.Length;
        }
        catch (IOException exception)
        {
            error = exception.Message;
            return 0;
        }
    }
}
