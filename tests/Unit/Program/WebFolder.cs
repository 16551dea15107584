using System.Text;

namespace AsyncServer.Unit.Program;

/// <summary>A temporary folder with a document root and a web folder, for a program that serves both.</summary>
internal sealed class WebFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-app-");

    internal WebFolder()
    {
        Directory.CreateDirectory(PathOf("html"));
        Directory.CreateDirectory(PathOf("web"));
    }

    internal static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    internal string PathOf(string name) => Path.Combine(_folder.FullName, name);

    internal string Write(string name, string text)
    {
        string path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, Encoding.UTF8);
        return path;
    }

    /// <summary>The program on a free port of the loopback, with further arguments.</summary>
    internal ServerProgram Start(params string[] arguments) =>
        ServerProgram.AsyncServer([.. arguments, "--bind", "127.0.0.1:0", "--hubs", "2", "--root", PathOf("html"), "--web", PathOf("web")]);

    internal static async Task<HttpClient> ConnectAsync(ServerProgram program) =>
        new() { BaseAddress = new Uri($"http://127.0.0.1:{await program.PortAsync()}") };

    /// <summary>Asks until the condition holds.</summary>
    internal static async Task UntilAsync(Func<bool> condition, Func<Task> ask)
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            await ask();
            await pause.WaitForNextTickAsync(Cancellation);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
