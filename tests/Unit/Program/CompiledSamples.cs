using AsyncServer.Unit.Program;

[assembly: AssemblyFixture(typeof(CompiledSamples))]

namespace AsyncServer.Unit.Program;

/// <summary>Compiles the modules of the sample site once, before any test starts a server that has them; in a tree that was tested before, they are compiled already.</summary>
public sealed class CompiledSamples : IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        await using var compile = ServerProgram.AsyncServer("compile", "--web", Path.Combine(ServerProgram.RepositoryRoot, "web"));
        int code = await compile.ExitCodeAsync(TimeSpan.FromMinutes(2));
        Assert.True(code == 0, compile.Output + compile.Errors);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
