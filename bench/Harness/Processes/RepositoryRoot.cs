using System.Reflection;

namespace AsyncServer.Harness;

/// <summary>The folder that holds <c>AsyncServer.sln</c>, and the paths in it that runs need.</summary>
internal static class RepositoryRoot
{
    private const string Marker = "AsyncServer.sln";

    /// <summary>Found upward from where this program lies, so that the current directory does not matter.</summary>
    public static string Path { get; } = Find(AppContext.BaseDirectory);

    /// <summary><c>Release</c> or <c>Debug</c>: the program under test was built with the same.</summary>
    public static string Configuration { get; } =
        typeof(RepositoryRoot).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    public static string Combine(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    private static string Find(string start)
    {
        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, Marker)))
                return folder.FullName;
        throw new SetupException($"no {Marker} in {start} or above it");
    }
}
