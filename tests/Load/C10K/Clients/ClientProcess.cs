using System.Diagnostics;
using System.Text.Json;

namespace AsyncServer.Load;

/// <summary>A child process of this program that holds connections. Closing its input ends it, also when this process is killed.</summary>
internal sealed class ClientProcess : IAsyncDisposable
{
    /// <summary>The hidden verb that runs <see cref="ClientProgram"/>.</summary>
    public const string Verb = "client";

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly Task<string> _errors;

    private ClientProcess(Process process)
    {
        _process = process;
        _errors = process.StandardError.ReadToEndAsync();
        AppDomain.CurrentDomain.ProcessExit += Kill;
    }

    public static ClientProcess Start(ClientPlan plan)
    {
        // A server with thousands of threads takes the processors from everybody else: its clients must still see what it does. Where that
        // is not permitted they run as they are.
        var start = new ProcessStartInfo("nice", ["-n", "-10", "dotnet", typeof(ClientProcess).Assembly.Location, Verb])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Many of them share the machine with the server: each stays small.
        foreach (var (name, value) in SmallProcess.Variables)
            start.Environment[name] = value;
        var client = new ClientProcess(Process.Start(start)!);
        client.Write(JsonSerializer.Serialize(plan, ClientJson.Default.ClientPlan));
        return client;
    }

    /// <summary>Has it do a phase to its end.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <exception cref="SetupException">The process has ended.</exception>
    public async Task<PhaseTally> RunAsync(ClientOrder order, Action<PhaseTally> progress)
    {
        Give(order);
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var news = JsonSerializer.Deserialize(line, ClientJson.Default.ClientNews)!;
            var tally = PhaseTally.From(news);
            progress(tally);
            if (news.IsFinal)
                return tally;
        }
        throw new SetupException($"a client process ended before its phase did\n{await _errors}".TrimEnd());
    }

    /// <summary>Has the present phase end with what it has.</summary>
    public void Stop() => Give(new ClientOrder { Phase = ClientPhase.Stop });

    public async ValueTask DisposeAsync()
    {
        using var grace = new CancellationTokenSource(Grace);
        try
        {
            _process.StandardInput.Close();
            await _process.WaitForExitAsync(grace.Token);
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        _process.Dispose();
    }

    private void Give(ClientOrder order) => Write(JsonSerializer.Serialize(order, ClientJson.Default.ClientOrder));

    private void Write(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            // It has ended, which the next reading tells.
        }
    }

    private void Kill(object? sender, EventArgs arguments) => _process.Kill();
}
