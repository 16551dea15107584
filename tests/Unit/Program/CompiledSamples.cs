using AsyncServer.Unit.Program;

[assembly: AssemblyFixture(typeof(CompiledSamples))]

namespace AsyncServer.Unit.Program;

/// <summary>
/// Compiles the modules of the sample site once, before any test starts a server that has them; in a tree that was tested before, they are
/// compiled already.
/// </summary>
public sealed class CompiledSamples : IAsyncLifetime
{
    internal int ExitCode { get; private set; }

    internal string Said { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await using var compile = ServerProgram.AsyncServer("compile", "--web", Path.Combine(ServerProgram.RepositoryRoot, "web"));
        ExitCode = await compile.ExitCodeAsync(TimeSpan.FromMinutes(2));
        Said = compile.Output + compile.Errors;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
