namespace AsyncServer;

/// <summary>How the program ends.</summary>
internal static class ExitCode
{
    /// <summary>It served and every answer was finished, or it did what was asked.</summary>
    internal const int Good = 0;

    /// <summary>It could not start: an address, a folder or an app is not what it should be.</summary>
    internal const int Failed = 1;

    /// <summary>The command line, the environment or the configuration file has a mistake.</summary>
    internal const int Usage = 2;

    /// <summary>It served, and its stop cut connections off.</summary>
    internal const int CutOff = 3;

    /// <summary>What <c>--help</c> says of them.</summary>
    internal const string Help = """
        Exit status:
          0  stopped, and every answer was finished
          1  could not start: an address in use, a folder or an app that is not there
          2  a mistake in the command line, the environment or the configuration file
          3  stopped, and some connections were cut off: the log says which
        """;
}
