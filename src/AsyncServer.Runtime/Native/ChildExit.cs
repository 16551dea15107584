namespace AsyncServer.Runtime;

/// <summary>How a process ended: by itself with a code, or by a signal. Neither is known when somebody else has waited for it.</summary>
/// <param name="Code">The exit code, 0 to 255, if it ended by itself.</param>
/// <param name="Signal">The number of the signal that ended it, if one did.</param>
public readonly record struct ChildExit(int? Code, int? Signal)
{
    /// <summary>In words for a log, such as <c>exit code 1</c> or <c>SIGKILL</c>.</summary>
    public override string ToString() =>
        Code is { } code ? $"exit code {code}"
        : Signal is { } signal ? NameOf(signal)
        : "an unknown end";

    private static string NameOf(int signal) => signal switch
    {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        _ => $"signal {signal}",
    };
}
