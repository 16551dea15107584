using System.Diagnostics;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Database;

/// <summary>A PostgreSQL server of the tests' own: a new cluster in a temporary folder, reached through a unix socket there.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    internal const string User = "tester";

    /// <summary>Has all that a URL must escape.</summary>
    internal const string Password = "p@ss/w:ö%";

    // It refuses to run as root.
    private static readonly string[] AsPostgres = Environment.UserName == "root"
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"] : [];

    private readonly string _folder = Directory.CreateTempSubdirectory("asyncserver-postgres-").FullName;
    private readonly string? _programs = FindPrograms();
    private Process? _server;
    private int _databases;

    /// <summary>The folder of its socket.</summary>
    internal string Host => _folder;

    private string Cluster => Path.Combine(_folder, "cluster");

    /// <summary>A new, empty database.</summary>
    internal async Task<string> CreateDatabaseAsync()
    {
        Assert.SkipWhen(_server is null, "PostgreSQL is not installed: no /usr/lib/postgresql/*/bin/postgres.");
        string name = $"test{Interlocked.Increment(ref _databases)}";
        await RunAsync("createdb", "--host", _folder, "--username", User, name);
        return name;
    }

    internal async Task StartAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string log = "";
        _server = new Process
        {
            StartInfo = Command("postgres", "-D", Cluster, "-k", _folder, "-c", "listen_addresses=", "-c",
            "fsync=off")
        };
        _server.ErrorDataReceived += (_, line) =>
        {
            log += line.Data + "\n";
            if (line.Data is null)
                ready.TrySetException(new InvalidOperationException($"PostgreSQL has ended: {log}"));
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal))
                ready.TrySetResult();
        };
        _server.Start();
        _server.BeginErrorReadLine();
        await ready.Task.Soon();
    }

    internal async Task StopAsync()
    {
        if (_server is null)
            return;
        using (var kill = Process.Start("kill", ["-INT", $"{_server.Id}"])) // its fast shutdown: sessions are cut
            await kill.WaitForExitAsync();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        if (_programs is null)
            return;
        if (AsPostgres.Length > 0)
        {
            using var chown = Process.Start("chown", ["postgres", _folder]);
            await chown.WaitForExitAsync();
            File.SetUnixFileMode(_folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
        }
        string passwordFile = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(passwordFile, Password);
        File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        await RunAsync("initdb", "-D", Cluster, "--username", User, "--auth", "scram-sha-256", "--pwfile", passwordFile, "--encoding",
            "UTF8", "--locale", "C", "--no-sync");
        await StartAsync();
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string? FindPrograms() => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(static version => Path.Combine(version, "bin"))
            .Where(static bin => File.Exists(Path.Combine(bin, "postgres"))).Order(StringComparer.Ordinal).LastOrDefault()
        : null;

    private async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(Command(program, arguments))!;
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {errors}");
    }

    private ProcessStartInfo Command(string program, params string[] arguments)
    {
        string[] command = [.. AsPostgres, Path.Combine(_programs!, program), .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = program != "postgres",
            WorkingDirectory = "/"
        };
        start.Environment["PGPASSWORD"] = Password;
        return start;
    }
}
