using System.ComponentModel;

namespace AsyncServer.Load;

/// <summary>The kinds of outcomes: their words, and which error of the system means which.</summary>
internal static class Outcomes
{
    private const int OutOfMemory = 12;
    private const int TooManyFilesInSystem = 23;
    private const int TooManyFilesInProcess = 24;
    private const int AddressNotAvailable = 99;
    private const int NoBufferSpace = 105;
    private const int ConnectionTimedOut = 110;
    private const int ConnectionRefused = 111;

    public static IReadOnlyList<Outcome> All { get; } = Enum.GetValues<Outcome>();

    /// <summary>Those that are not <see cref="Outcome.Served"/>.</summary>
    public static IReadOnlyList<Outcome> Errors { get; } = [.. All.Where(outcome => outcome != Outcome.Served)];

    public static string Words(Outcome outcome) => outcome switch
    {
        Outcome.Served => "served",
        Outcome.Refused => "refused",
        Outcome.NotConnected => "not connected in time",
        Outcome.Unanswered => "not answered in time",
        Outcome.Closed => "closed without an answer",
        Outcome.Reset => "reset",
        Outcome.Wrong => "wrong answer",
        _ => "client was short of descriptors, ports or memory",
    };

    /// <summary>The outcome of a connection that failed: while it was made, or after.</summary>
    public static Outcome Of(IOException failure) => failure.InnerException switch
    {
        Win32Exception { NativeErrorCode: ConnectionRefused } => Outcome.Refused,
        Win32Exception { NativeErrorCode: ConnectionTimedOut } => Outcome.NotConnected,
        Win32Exception
        {
            NativeErrorCode: OutOfMemory or TooManyFilesInSystem or TooManyFilesInProcess or AddressNotAvailable or NoBufferSpace,
        } => Outcome.ClientShort,
        TimeoutException => Outcome.Unanswered,
        _ => Outcome.Reset,
    };
}
