using System.Diagnostics;

namespace AsyncServer.Modules;

/// <summary>Has a script compiled by this program in another process, so that this one never carries the compiler.</summary>
internal static class CompilerProcess
{
    // A script takes a second or two; what takes so long hangs.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <exception cref="ModuleException">It does not compile; the message has the errors, a line each.</exception>
    /// <exception cref="IOException">The compiler broke down or hangs, which says nothing about the script.</exception>
    /// <exception cref="OperationCanceledException">The server ends.</exception>
    internal static async Task RunAsync(string folder, string name, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = Command("compile", "--web", folder, "--module", name) };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        process.Start();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            string text = await output + await errors;
            await process.WaitForExitAsync(patience.Token);
            if (process.ExitCode == CompileCommand.ExitFailed)
                throw new ModuleException($"it does not compile:\n{text.TrimEnd()}");
            if (process.ExitCode != 0)
                throw new IOException($"the compiler ended with {process.ExitCode}: {text.TrimEnd()}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"the compiler did not end in {Patience}");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }

    // As this process was started itself: by the host, which gets the assembly, or by a launcher of its own.
    private static ProcessStartInfo Command(params string[] arguments)
    {
        string assembly = typeof(CompilerProcess).Assembly.Location;
        string? host = Environment.ProcessPath;
        bool isLauncher = host is not null && Path.GetFileNameWithoutExtension(host) == Path.GetFileNameWithoutExtension(assembly);
        return new ProcessStartInfo(host ?? "dotnet", isLauncher ? arguments : [assembly, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }
}
