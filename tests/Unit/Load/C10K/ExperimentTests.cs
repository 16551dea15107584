using System.Diagnostics;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Load.C10K;

/// <summary>The whole experiment with the real server, small.</summary>
public sealed class ExperimentTests : IDisposable
{
    private readonly DirectoryInfo _report = Directory.CreateTempSubdirectory("c10k-test-");

    public void Dispose() => _report.Delete(recursive: true);

    [Fact(Timeout = 2 * ServerProgram.Timeout)]
    public async Task Run_FiftyConnectionsWithTwoModels_HoldsAllAndReportsIt()
    {
        var (exitCode, output) = await RunAsync("c10k", "--models", "coroutine,threads", "--connections", "50", "--level-seconds", "15",
            "--rate", "100", "--report", _report.FullName);
        Assert.True(exitCode == 0, output);
        string[] lines = await File.ReadAllLinesAsync(Path.Combine(_report.FullName, "report.csv"), TestContext.Current.CancellationToken);
        Assert.StartsWith("coroutine,50,all,50,50,0,0,0,", lines[1]);
        Assert.StartsWith("threads,50,all,50,50,0,0,0,", lines[2]);
        Assert.True(File.Exists(Path.Combine(_report.FullName, "report.html")));
        Assert.Contains("opening", output);
    }

    [Fact(Timeout = ServerProgram.Timeout)]
    public async Task Run_ModelThatIsNone_EndsWithAnErrorThatNamesIt()
    {
        var (exitCode, output) = await RunAsync("c10k", "--models", "fibers");
        Assert.NotEqual(0, exitCode);
        Assert.Contains("\"fibers\" is no model", output);
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        string program = Path.Combine(ServerProgram.RepositoryRoot, "tests", "Load", "bin", ServerProgram.Configuration, "net10.0",
            "AsyncServer.Load.dll");
        using var process = Process.Start(new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output + await errors);
    }
}
