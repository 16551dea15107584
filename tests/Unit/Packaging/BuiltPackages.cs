using System.Runtime.InteropServices;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Packaging;

/// <summary>The packages of what is built, packed into a folder of their own, and the tool installed from there and nowhere else.</summary>
public sealed class BuiltPackages : IAsyncLifetime
{
    // Packing and installing take a few seconds each on an idle machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-packages");

    internal string Version { get; private set; } = "";

    private string Packages => Path.Combine(_folder.FullName, "packages");

    private string Tools => Path.Combine(_folder.FullName, "tools");

    public async ValueTask InitializeAsync()
    {
        // The whole solution: that a test or a benchmark becomes a package would show, too.
        await DotnetAsync(ServerProgram.RepositoryRoot, "pack", "AsyncServer.sln", "-c", ServerProgram.Configuration, "--no-build", "-o",
            Packages, "-m:1", "-nodeReuse:false");
        const string tool = "asyncserver.";
        Version = Path.GetFileNameWithoutExtension(Assert.Single(Directory.GetFiles(Packages, tool + "*.nupkg")))[tool.Length..];

        string feed = Path.Combine(_folder.FullName, "nuget.config");
        await File.WriteAllTextAsync(feed,
            $"""<configuration><packageSources><clear /><add key="built" value="{Packages}" /></packageSources></configuration>""");
        await DotnetAsync(_folder.FullName, "tool", "install", "asyncserver", "--version", Version, "--tool-path", Tools, "--configfile",
            feed);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    internal IEnumerable<string> Names =>
        Directory.GetFiles(Packages).Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal);

    internal string PathOf(string package, string extension) => Path.Combine(Packages, $"{package}.{Version}.{extension}");

    /// <summary>Starts the installed tool in a new folder that holds the named files.</summary>
    internal ServerProgram Start(string[] arguments, params (string Path, string Text)[] files)
    {
        string folder = _folder.CreateSubdirectory(Guid.NewGuid().ToString("n")).FullName;
        foreach (var (path, text) in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, path))!);
            File.WriteAllText(Path.Combine(folder, path), text);
        }
        // The tool's launcher looks for .NET in the usual places; the tests may run on one elsewhere.
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        return ServerProgram.Command(Path.Combine(Tools, "asyncserver"), folder, arguments, ("DOTNET_ROOT", root));
    }

    private async Task DotnetAsync(string folder, params string[] arguments)
    {
        string home = _folder.FullName;
        // NuGet's folders here, so that the machine's own neither help nor keep what is installed; and no servers left behind.
        (string, string)[] environment =
        [
            ("DOTNET_CLI_HOME", home), ("DOTNET_NOLOGO", "1"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"),
                ("DOTNET_GENERATE_ASPNET_CERTIFICATE", "false"),
            ("DOTNET_ADD_GLOBAL_TOOLS_TO_PATH", "false"), ("DOTNET_CLI_WORKLOAD_UPDATE_NOTIFY_DISABLE", "1"),
                ("DOTNET_CLI_USE_MSBUILD_SERVER", "0"),
            ("NUGET_PACKAGES", Path.Combine(home, "nuget")), ("NUGET_HTTP_CACHE_PATH", Path.Combine(home, "http")),
        ];
        await using var dotnet = ServerProgram.Command("dotnet", folder, arguments, environment);
        int exitCode = await dotnet.ExitCodeAsync(Patience);
        Assert.True(exitCode == 0, $"dotnet {string.Join(' ', arguments)} failed with {exitCode}:\n{dotnet.Output}{dotnet.Errors}");
    }
}
