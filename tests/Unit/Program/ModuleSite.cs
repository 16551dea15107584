using System.Globalization;
using System.Text.RegularExpressions;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Program;

/// <summary>A web folder of its own for the real program.</summary>
internal sealed partial class ModuleSite : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("asyncserver-web-").FullName;

    internal ModuleSite() => Directory.CreateDirectory(Web);

    internal string Web => System.IO.Path.Combine(_folder, "web");

    /// <summary>A script that answers with a text.</summary>
    internal static string Answering(string text) => $$"""
        Body application(Environ environ, StartResponse startResponse)
        {
            startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
            return "{{text}}";
        }
        """;

    internal string Path(string name) => System.IO.Path.Combine(Web, name);

    internal void Write(string name, string text) => File.WriteAllText(Path(name), text);

    internal ServerProgram Start(params string[] arguments) =>
        ServerProgram.AsyncServer(["--bind", "127.0.0.1:0", "--hubs", "2", "--log-level", "Debug", "--web", Web, .. arguments]);

    internal static async Task<HttpClient> ConnectAsync(ServerProgram program) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };

    /// <summary>The number of the compiler's process that was started last.</summary>
    internal static async Task<int> CompilerAsync(ServerProgram program)
    {
        await program.WaitForOutputAsync("The compiler has started");
        return int.Parse(CompilerStart().Matches(program.Output)[^1].Groups[1].Value, CultureInfo.InvariantCulture);
    }

    internal static int CompilerStarts(ServerProgram program) => CompilerStart().Count(program.Output);

    /// <summary>Waits until a process is no more; one that nobody has waited for yet counts as gone.</summary>
    internal static Task EndedAsync(int process) => Until.TrueAsync(
        () =>
        {
            try { return Regex.IsMatch(File.ReadAllText($"/proc/{process}/stat"), @"\) [ZX] "); }
            catch (IOException) { return true; }
        },
        $"the end of process {process}");

    internal static void Signal(int process, string signal)
    {
        using var kill = System.Diagnostics.Process.Start("kill", [$"-{signal}", process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex(@"The compiler has started: process (\d+)")]
    private static partial Regex CompilerStart();
}
