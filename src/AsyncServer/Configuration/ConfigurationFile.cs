using System.Collections;
using System.Text;

namespace AsyncServer.Configuration;

/// <summary>The configuration file's name and what was in it when it was read.</summary>
internal sealed record ConfigurationFile(string Path, byte[] Text)
{
    internal const string DefaultName = "asyncserver.json";

    /// <summary>Reads the file that the command line names, else the environment's, else the default one if that is there; null if there is none.</summary>
    internal static ConfigurationFile? Read(string? named, IDictionary environment, List<string> errors)
    {
        string? path = named ?? environment[EnvironmentSource.ConfigVariable] as string ?? (File.Exists(DefaultName) ? DefaultName : null);
        if (path is null)
            return null;
        try
        {
            return new ConfigurationFile(path, File.ReadAllBytes(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{path}: {exception.Message}");
            return null;
        }
    }

    /// <summary>In one piece, for another process that is to have the same, whatever becomes of the file.</summary>
    internal static byte[] Pack(ConfigurationFile? file) => file is null ? [] : [.. Encoding.UTF8.GetBytes(file.Path), 0, .. file.Text];

    internal static ConfigurationFile? Unpack(byte[] packed)
    {
        int end = Array.IndexOf(packed, (byte)0);
        return end < 0 ? null : new ConfigurationFile(Encoding.UTF8.GetString(packed, 0, end), packed[(end + 1)..]);
    }
}
