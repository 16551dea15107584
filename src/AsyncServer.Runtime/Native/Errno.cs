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
    internal const int NameTooLong = 36;
    internal const int NoSystemCall = 38;
    internal const int TooManyLinks = 40;
    internal const int Protocol = 71;
    internal const int ConnectionAborted = 103;
    internal const int NoBufferSpace = 105;

    internal static int Last => Marshal.GetLastPInvokeError();

    internal static Win32Exception ToException(int error, string operation) =>
        new(error, $"{operation}: {Marshal.GetPInvokeErrorMessage(error)}");
}
