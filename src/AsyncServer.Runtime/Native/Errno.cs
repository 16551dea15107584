using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>The Linux error numbers that the runtime tells apart; they are the same on x64 and arm64.</summary>
internal static class Errno
{
    internal const int NotPermitted = 1;
    internal const int NoEntry = 2;
    internal const int Interrupted = 4;
    internal const int NoDeviceOrAddress = 6;
    internal const int TryAgain = 11;
    internal const int OutOfMemory = 12;
    internal const int AccessDenied = 13;
    internal const int CrossDevice = 18;
    internal const int NoDevice = 19;
    internal const int NotDirectory = 20;
    internal const int InvalidArgument = 22;
    internal const int TooManyFilesInSystem = 23;
    internal const int TooManyFilesInProcess = 24;
    internal const int BrokenPipe = 32;
    internal const int NameTooLong = 36;
    internal const int NoSystemCall = 38;
    internal const int TooManyLinks = 40;
    internal const int Protocol = 71;
    internal const int NotSupported = 95;
    internal const int ConnectionAborted = 103;
    internal const int NoBufferSpace = 105;
    internal const int InProgress = 115;

    // What accept(2) passes on from a connection that failed while it waited in the backlog.
    private const int HostDown = 112;
    private const int HostUnreachable = 113;
    private const int NetworkDown = 100;
    private const int NetworkUnreachable = 101;
    private const int NotOnNetwork = 64;
    private const int NoProtocolOption = 92;
    private const int TimedOut = 110;

    /// <summary>Whether an accept failed because of the one connection that it would have returned, see accept(2).</summary>
    internal static bool IsOfOneConnection(int error) => error
        is ConnectionAborted or Protocol or HostDown or HostUnreachable or NetworkDown or NetworkUnreachable
        or NotOnNetwork or NoProtocolOption or TimedOut;

    /// <summary>Whether the process or the system ran out of something that closing connections gives back.</summary>
    internal static bool IsShortage(int error) =>
        error is TooManyFilesInProcess or TooManyFilesInSystem or NoBufferSpace or OutOfMemory;

    internal static int Last => Marshal.GetLastPInvokeError();

    internal static Win32Exception ToException(int error, string operation) =>
        new(error, $"{operation}: {Marshal.GetPInvokeErrorMessage(error)}");
}
