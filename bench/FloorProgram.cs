namespace AsyncServer.Bench;

/// <summary>
/// The C program in <c>floor.c</c>: the least that a server on this machine can spend on a request, or on sending back what it got.
/// </summary>
internal static class FloorProgram
{
    /// <inheritdoc cref="CProgram.BuildAsync"/>
    public static async Task<ServerCommand> BuildAsync(int threads, CancellationToken cancellation) =>
        new("floor", await CProgram.BuildAsync("floor", cancellation), ["{port}", $"{threads}"]);

    /// <inheritdoc cref="CProgram.BuildAsync"/>
    public static async Task<ServerCommand> BuildEchoAsync(int threads, CancellationToken cancellation)
    {
        var command = await BuildAsync(threads, cancellation);
        return command with { Arguments = [.. command.Arguments, "echo"] };
    }
}
