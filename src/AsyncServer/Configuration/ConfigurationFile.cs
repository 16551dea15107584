using System.Buffers.Binary;
using System.Collections;
using System.Text;

namespace AsyncServer.Configuration;

/// <summary>The configuration file's name and what was in it when it was read.</summary>
internal sealed record ConfigurationFile(string Path, byte[] Text)
{
    internal const string DefaultName = "asyncserver.json";

    /// <summary>
    /// Reads the file that the command line names, else the environment's, else the default one if that is there; null if there is none.
    /// </summary>
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

    /// <summary>
    /// The file as it was when the addresses were opened, where it has changed since: what only a start can change comes from there. Null
    /// where this is that file.
    /// </summary>
    internal ConfigurationFile? AtStart { get; private init; }

    /// <summary>A file for processes whose addresses were opened when it was another one, or was not there.</summary>
    internal static ConfigurationFile? Of(ConfigurationFile? now, ConfigurationFile? atStart) =>
        now == atStart ? now : (now ?? Empty) with { AtStart = atStart ?? Empty };

    /// <summary>In one piece, for another process that is to have the same, whatever becomes of the file.</summary>
    internal static byte[] Pack(ConfigurationFile? file)
    {
        if (file is null)
            return [];
        byte[] length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, file.Text.Length);
        return [.. Encoding.UTF8.GetBytes(file.Path), 0, .. length, .. file.Text, .. Pack(file.AtStart)];
    }

    internal static ConfigurationFile? Unpack(byte[] packed)
    {
        int end = Array.IndexOf(packed, (byte)0);
        if (end < 0)
            return null;
        int text = end + 1 + sizeof(int);
        int rest = text + BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(end + 1));
        return new ConfigurationFile(Encoding.UTF8.GetString(packed, 0, end), packed[text..rest]) { AtStart = Unpack(packed[rest..]) };
    }

    private static ConfigurationFile Empty => new(DefaultName, "{}"u8.ToArray());
}
