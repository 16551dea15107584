namespace AsyncServer.Harness;

/// <summary>How to start a server: a program and its arguments, in which <c>{port}</c> stands for the port.</summary>
internal sealed record ServerCommand(string Name, string FileName, IReadOnlyList<string> Arguments)
{
    private const string PortMark = "{port}";

    /// <summary>Variables that the server's environment has beside those of this program.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the server can be asked how many bytes it has allocated.</summary>
    public bool CountsAllocations { get; init; }

    /// <summary>The asyncserver program of this repository with the sample site, built with this program's configuration.</summary>
    /// <exception cref="SetupException">It is not built.</exception>
    public static ServerCommand Product(params string[] options)
    {
        string program = RepositoryRoot.Combine("src", "AsyncServer", "bin", RepositoryRoot.Configuration, "net10.0", "asyncserver.dll");
        if (!File.Exists(program))
            throw new SetupException($"{program} is missing: dotnet build -c {RepositoryRoot.Configuration}");
        string[] root = options.Contains("--root") ? [] : ["--root", RepositoryRoot.Combine("html")];
        string[] web = options.Contains("--web") ? [] : ["--web", RepositoryRoot.Combine("web")];
        return new ServerCommand("asyncserver", "dotnet", [program, PortMark, .. web, .. root, .. options]);
    }

    /// <summary>Any other server, from one line whose words are parted by blanks.</summary>
    /// <exception cref="SetupException">The line does not say where the port goes.</exception>
    public static ServerCommand Parse(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (!line.Contains(PortMark, StringComparison.Ordinal))
            throw new SetupException($"\"{line}\" has no {PortMark}");
        return new ServerCommand(Path.GetFileName(words[0]), words[0], words[1..]);
    }

    public IEnumerable<string> ArgumentsFor(int port) =>
        Arguments.Select(argument => argument.Replace(PortMark, $"{port}", StringComparison.Ordinal));
}
