namespace AsyncServer.Bench;

/// <summary>The programs in C that lie beside this one's source.</summary>
internal static class CProgram
{
    /// <summary>Compiles one beside this program.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="SetupException">There is no gcc, or it does not compile.</exception>
    public static async Task<string> BuildAsync(string name, CancellationToken cancellation)
    {
        string source = RepositoryRoot.Combine("bench", $"{name}.c");
        string program = Path.Combine(AppContext.BaseDirectory, name);
        await StartedProcess.RunAsync(
            "gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", source, "-o", program],
            $"{name} is written in C. Install gcc, on Debian: apt install gcc libc6-dev.", cancellation);
        return program;
    }
}
