using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Modules;

/// <summary>A script as it was when it was read, with the files that it loads.</summary>
internal sealed partial class ModuleSource
{
    /// <summary>Characters of <see cref="Hash"/>.</summary>
    internal const int HashLength = 2 * SHA256.HashSizeInBytes;

    // All that decides what a source compiles to: our own assemblies, the packages, the compiler and the platform. None of them is loaded
    // for it.
    private static readonly string Versions = string.Join('\n',
    [
        $"{typeof(HttpServer).Module.ModuleVersionId}",
        $"{typeof(Hub).Module.ModuleVersionId}",
        $"{typeof(ModuleSource).Module.ModuleVersionId}",
        Packages(),
        $"{Environment.Version.ToString(2)}", // a servicing release runs what another one has compiled
        .. typeof(ModuleSource).Assembly.GetReferencedAssemblies()
            .Where(static name => name.Name!.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal))
                .Select(static name => name.FullName),
    ]);

    private ModuleSource(string folder, string name, bool isDebug)
    {
        Folder = folder;
        Name = name;
        IsDebug = isDebug;
    }

    /// <summary>The web folder, as it was given.</summary>
    internal string Folder { get; }

    /// <summary>The path below the web folder, such as <c>admin/users.csx</c>.</summary>
    internal string Name { get; }

    /// <summary>The full path.</summary>
    internal string Path => System.IO.Path.GetFullPath(System.IO.Path.Combine(Folder, Name));

    /// <summary>Full paths: the script, then what it loads, whether that is there or not.</summary>
    internal List<string> Files { get; } = [];

    /// <summary>Whether it is compiled without optimization, so that errors name the very line; see <see cref="ModuleCompiler"/>.</summary>
    internal bool IsDebug { get; }

    internal string Text { get; private set; } = "";

    /// <summary>SHA-256 of all that decides what the script compiles to.</summary>
    internal string Hash { get; private set; } = "";

    /// <exception cref="IOException">The script cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The script may not be read.</exception>
    internal static ModuleSource Read(string folder, string name, bool isDebug)
    {
        var source = new ModuleSource(folder, name, isDebug);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Versions);
        Append(hash, isDebug ? "debug" : "release");
        Append(hash, source.Path);
        source.Text = File.ReadAllText(source.Path);
        source.Add(source.Path, source.Text, hash);
        source.Hash = Convert.ToHexStringLower(hash.GetHashAndReset());
        return source;
    }

    private void Add(string file, string? text, IncrementalHash hash)
    {
        Files.Add(file);
        Append(hash, text ?? "missing");
        foreach (Match match in LoadDirective().Matches(text ?? ""))
        {
            // As the compiler resolves it: from the folder of the file that says it.
            string loaded = System.IO.Path.GetFullPath(match.Groups[1].Value, System.IO.Path.GetDirectoryName(file)!);
            if (!Files.Contains(loaded))
                Add(loaded, File.Exists(loaded) ? File.ReadAllText(loaded) : null, hash);
        }
    }

    // The host's list of what the program runs on, with the version of each package.
    private static string Packages()
    {
        string list = System.IO.Path.ChangeExtension(typeof(ModuleSource).Assembly.Location, ".deps.json");
        return File.Exists(list) ? File.ReadAllText(list) : "";
    }

    // With its length in front, so that no two lists of texts look alike.
    private static void Append(IncrementalHash hash, string text) =>
        hash.AppendData(Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{text.Length}:{text}")));

    [GeneratedRegex("""^[ \t]*#[ \t]*load[ \t]+"([^"\r\n\0]+)""", RegexOptions.Multiline)]
    private static partial Regex LoadDirective();
}
