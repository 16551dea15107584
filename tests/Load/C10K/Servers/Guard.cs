using System.Diagnostics;
using System.Globalization;

namespace AsyncServer.Load;

/// <summary>
/// A child process that ends the servers of this program when this program has no chance to: it reads their ids from a pipe, and when the
/// pipe ends with some of them running, it ends those.
/// </summary>
internal sealed class Guard : IAsyncDisposable
{
    /// <summary>The hidden verb that runs <see cref="RunAsync"/>.</summary>
    public const string Verb = "guard";

    private readonly Process _process;

    private Guard(Process process) => _process = process;

    public static Guard Start() =>
        new(Process.Start(new ProcessStartInfo("dotnet", [typeof(Guard).Assembly.Location, Verb]) { RedirectStandardInput = true })!);

    /// <summary>Has it end that process too.</summary>
    public void Watch(int processId)
    {
        _process.StandardInput.WriteLine(processId.ToString(CultureInfo.InvariantCulture));
        _process.StandardInput.Flush();
    }

    /// <summary>What the guard's process does: until the input ends it remembers, then it ends what still runs.</summary>
    public static async Task RunAsync(TextReader input)
    {
        var watched = new HashSet<ProcessFact>();
        while (await input.ReadLineAsync() is { } line)
        {
            if (ProcessFact.Read(int.Parse(line, CultureInfo.InvariantCulture)) is { } process)
                watched.Add(process);
        }
        // Those of a server that has workers or children see it go.
        Leftovers.End(watched);
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
