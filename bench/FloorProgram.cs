namespace AsyncServer.Bench;

/// <summary>The C program in <c>floor.c</c>: the least that a server on this machine can spend on a request.</summary>
internal static class FloorProgram
{
    /// <summary>Compiles it beside this program.</summary>
    /// <exception cref="SetupException">There is no gcc, or it does not compile.</exception>
    public static async Task<ServerCommand> BuildAsync(int threads, CancellationToken cancellation)
    {
        string source = RepositoryRoot.Combine("bench", "floor.c");
        string program = Path.Combine(AppContext.BaseDirectory, "floor");
        await ChildProcess.RunAsync(
            "gcc", ["-O2", "-Wall", "-Wextra", "-Werror", "-pthread", source, "-o", program],
            "The floor is written in C. Install gcc, on Debian: apt install gcc libc6-dev.", cancellation);
        return new ServerCommand("floor", program, ["{port}", $"{threads}"]);
    }
}
