using System.Collections.Concurrent;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Models;

/// <summary>One program for each model, started when a test first asks for it. At the end all of them must drain well.</summary>
public sealed class ModelServers : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, ServerProgram> _programs = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    internal async Task<ModelClient> ConnectAsync(string model) =>
        await ModelClient.ConnectAsync(_programs.GetOrAdd(model, static model => Start(model)));

    internal static ServerProgram Start(string model, params string[] arguments) =>
        ServerProgram.AsyncServer(["--bind", "127.0.0.1:0", .. model.Split(' '), .. arguments]);

    public async ValueTask DisposeAsync()
    {
        foreach (var (model, program) in _programs)
        {
            await using (program)
            {
                program.Signal(System.Runtime.InteropServices.PosixSignal.SIGTERM);
                int exitCode = await program.ExitCodeAsync();
                Assert.True(exitCode == 0, $"{model} ended with {exitCode}: {program.Output}{program.Errors}");
                Assert.DoesNotContain("fail:", program.Output, StringComparison.Ordinal);
            }
        }
    }
}
