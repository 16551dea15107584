using System.Diagnostics;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Database;

/// <summary>A MariaDB server of the tests' own: new tables in a temporary folder, reached through a unix socket there.</summary>
public sealed class MariaDbServer : IAsyncLifetime
{
    internal const string User = "tester";

    /// <summary>Has all that a URL must escape.</summary>
    internal const string Password = "p@ss/w:ö%";

    private const string Program = "/usr/sbin/mariadbd";

    private readonly string _folder = Directory.CreateTempSubdirectory("asyncserver-mariadb-").FullName;
    private Process? _server;
    private int _databases;

    /// <summary>The path of its socket.</summary>
    internal string Socket => Path.Combine(_folder, "socket");

    private string Tables => Path.Combine(_folder, "tables");

    /// <summary>A new, empty database.</summary>
    internal async Task<string> CreateDatabaseAsync()
    {
        Assert.SkipWhen(_server is null, $"MariaDB is not installed: no {Program}.");
        string name = $"test{Interlocked.Increment(ref _databases)}";
        await ExecuteAsync($"CREATE DATABASE {name}");
        return name;
    }

    internal async Task StartAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string log = "";
        _server = new Process
        {
            StartInfo = new ProcessStartInfo(Program,
                ["--no-defaults", "--user=root", $"--datadir={Tables}", $"--socket={Socket}", "--skip-networking", "--skip-log-bin",
                    "--innodb-flush-log-at-trx-commit=0"])
            {
                RedirectStandardError = true,
            },
        };
        _server.ErrorDataReceived += (_, line) =>
        {
            log += line.Data + "\n";
            if (line.Data is null)
                ready.TrySetException(new InvalidOperationException($"MariaDB has ended: {log}"));
            else if (line.Data.Contains("ready for connections", StringComparison.Ordinal))
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
        using (var kill = Process.Start("kill", ["-TERM", $"{_server.Id}"]))
            await kill.WaitForExitAsync();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        if (!File.Exists(Program))
            return;
        await RunAsync("mariadb-install-db", "", "--no-defaults", "--user=root", $"--datadir={Tables}",
            "--auth-root-authentication-method=normal", "--skip-test-db");
        await StartAsync();
        await ExecuteAsync($"CREATE USER '{User}'@'localhost' IDENTIFIED BY '{Password}'; GRANT ALL ON *.* TO '{User}'@'localhost'");
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task ExecuteAsync(string sql) =>
        RunAsync("mariadb", sql, "--no-defaults", "--default-character-set=utf8mb4", $"--socket={Socket}", "--user=root");

    private static async Task RunAsync(string program, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        })!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        string errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program}: {await output}{errors}");
    }
}
