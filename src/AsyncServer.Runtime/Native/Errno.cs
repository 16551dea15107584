using System.ComponentModel;
using System.Runtime.InteropServices;

namespace AsyncServer.Runtime;

/// <summary>The Linux error numbers that the runtime tells apart; they are the same on x64 and arm64.</summary>
internal static class Errno
{
    internal const int Interrupted = 4;
    internal const int TryAgain = 11;
    internal const int OutOfMemory = 12;
    internal const int TooManyFilesInSystem = 23;
    internal const int TooManyFilesInProcess = 24;
    internal const int Protocol = 71;
    internal const int ConnectionAborted = 103;
    internal const int NoBufferSpace = 105;

    internal static int Last => Marshal.GetLastPInvokeError();

    internal static Win32Exception ToException(int error, string operation) =>
        new(error, $"{operation}: {Marshal.GetPInvokeErrorMessage(error)}");
}
