using System.Net;
using System.Runtime.InteropServices;
using AsyncServer.Unit.Program;

namespace AsyncServer.Fuzz;

/// <summary>The asyncserver program with <see cref="EchoSite"/>, in a process of its own, or a server that runs already.</summary>
internal sealed class ServerUnderTest : IAsyncDisposable
{
    // The program's deadlines, short, so that a conversation that waits for one is over soon.
    private static readonly string[] Deadlines = ["--headers-timeout", "6", "--body-timeout", "6", "--keep-alive-timeout", "6",
        "--request-timeout", "20", "--send-timeout", "10"];

    private readonly ServerProgram? _program;
    private readonly DirectoryInfo? _folder;

    private ServerUnderTest(IPEndPoint endPoint, ServerProgram? program, DirectoryInfo? folder)
    {
        EndPoint = endPoint;
        _program = program;
        _folder = folder;
    }

    internal IPEndPoint EndPoint { get; }

    internal bool IsOurs => _program is not null;

    internal bool HasDied => _program is not null && !Directory.Exists($"/proc/{_program.ProcessId}");

    internal ServerFacts Facts => ServerFacts.Read(_program!.ProcessId);

    /// <summary>All that it printed.</summary>
    internal string Log => _program is null ? "" : _program.Output + _program.Errors;

    /// <param name="running">Where a server runs already; null starts ours.</param>
    /// <exception cref="InvalidOperationException">Ours does not start.</exception>
    internal static async Task<ServerUnderTest> OpenAsync(Uri? running)
    {
        if (running is not null)
            return new ServerUnderTest(new IPEndPoint((await Dns.GetHostAddressesAsync(running.DnsSafeHost))[0], running.Port), null, null);
        var folder = Directory.CreateTempSubdirectory("asyncserver-fuzz");
        string app = $"{typeof(EchoSite).Assembly.Location}:{typeof(EchoSite).FullName}.{nameof(EchoSite.AnswerAsync)}";
        var program = ServerProgram.AsyncServer(
            [app, "--bind", "127.0.0.1:0", "--root", folder.FullName, "--web", folder.FullName, .. Deadlines]);
        try
        {
            return new ServerUnderTest(new IPEndPoint(IPAddress.Loopback, await program.PortAsync()), program, folder);
        }
        catch
        {
            await program.DisposeAsync();
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Ends ours as an operator does.</summary>
    /// <returns>What was wrong with its end; null when nothing was.</returns>
    internal async Task<string?> StopAsync()
    {
        if (_program is null)
            return null;
        _program.Signal(PosixSignal.SIGTERM);
        int code = await _program.ExitCodeAsync(TimeSpan.FromSeconds(40));
        return code == 0 ? null : $"the server ended with exit code {code}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_program is not null)
            await _program.DisposeAsync();
        _folder?.Delete(recursive: true);
    }
}
