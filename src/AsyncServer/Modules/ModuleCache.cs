using System.Security.Cryptography;
using System.Text;

namespace AsyncServer.Modules;

/// <summary>
/// Compiled scripts, as files: in <c>__cache__</c> below the web folder, or, where that cannot be written, below the user's cache folder.
/// A file's name holds the hash of all that it was made from, and behind the assembly stands the one of its bytes: it is right whenever it
/// is there whole.
/// </summary>
internal sealed class ModuleCache
{
    internal const string FolderName = "__cache__";

    // An edit that is taken back, another branch, and two servers in the time between their versions find what they had.
    private const int KeptVersions = 4;

    private readonly List<string> _folders;

    internal ModuleCache(string webFolder)
    {
        string web = Path.GetFullPath(webFolder);
        _folders = [Path.Combine(web, FolderName)];
        if (UserFolder() is { } user)
            _folders.Add(Path.Combine(user, "asyncserver", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(web)))[..16]));
    }

    internal byte[]? Find(ModuleSource source)
    {
        foreach (string folder in _folders)
        {
            try
            {
                if (Whole(File.ReadAllBytes(Path.Combine(folder, FileName(source)))) is { } assembly)
                    return assembly;
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException)
            { /* missing or unreadable: it is compiled again */ }
        }
        return null;
    }

    /// <exception cref="IOException">No folder can be written.</exception>
    internal void Store(ModuleSource source, byte[] assembly)
    {
        Exception? refusal = null;
        foreach (string folder in _folders)
        {
            try
            {
                Store(folder, source, assembly);
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException) { refusal ??= exception; }
        }
        throw new IOException($"No cache folder can be written: {refusal!.Message}", refusal);
    }

    private static void Store(string folder, ModuleSource source, byte[] assembly)
    {
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(temporary, [.. assembly, .. SHA256.HashData(assembly)]);
            File.Move(temporary, Path.Combine(folder, FileName(source)), overwrite: true); // whole or not at all, whoever else writes it
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        DeleteOld(folder, source);
    }

    // A disk that was full or lost power leaves files that are cut off, empty, or of zeros.
    private static byte[]? Whole(byte[] file)
    {
        int length = file.Length - SHA256.HashSizeInBytes;
        return length > 0 && SHA256.HashData(file.AsSpan(0, length)).AsSpan().SequenceEqual(file.AsSpan(length)) ? file[..length] : null;
    }

    private static void DeleteOld(string folder, ModuleSource source)
    {
        string prefix = Prefix(source);
        var versions = new DirectoryInfo(folder).GetFiles(prefix + "*.dll").Where(file => IsVersion(file.Name, prefix));
        foreach (var file in versions.OrderByDescending(static file => file.LastWriteTimeUtc).Skip(KeptVersions))
            file.Delete();
    }

    private static bool IsVersion(string file, string prefix) =>
        file.StartsWith(prefix, StringComparison.Ordinal) && file.Length == prefix.Length + ModuleSource.HashLength + ".dll".Length
        && file.AsSpan(prefix.Length, ModuleSource.HashLength).IndexOf('.') < 0;

    private static string FileName(ModuleSource source) => $"{Prefix(source)}{source.Hash}.dll";

    private static string Prefix(ModuleSource source) => source.Name[..^ModulePath.Extension.Length].Replace('/', '.') + ".";

    // Not below /tmp: anybody could put a module of theirs there before us.
    private static string? UserFolder()
    {
        if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache && Path.IsPathRooted(cache))
            return cache;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return home.Length > 0 ? Path.Combine(home, ".cache") : null;
    }
}
