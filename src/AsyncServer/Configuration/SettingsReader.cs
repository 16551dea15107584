using System.CommandLine;

namespace AsyncServer.Configuration;

/// <summary>
/// Reads the settings of this process from all sources, also once more: what the file and the environment say may have changed.
/// </summary>
internal sealed class SettingsReader(CommandLine commandLine, ParseResult parsed, string[] arguments)
{
    /// <summary>The command line as the user gave it.</summary>
    internal IReadOnlyList<string> Arguments { get; } = arguments is [CommandLine.WorkerFlag, _, .. var own] ? own : arguments;

    /// <summary>
    /// Reads the configuration file, if there is one, and all other sources. What is wrong goes to <paramref name="errors"/>.
    /// </summary>
    internal EffectiveSettings Read(List<string> errors) =>
        Read(ConfigurationFile.Read(commandLine.ConfigFile(parsed), Environment.GetEnvironmentVariables(), errors), errors);

    /// <summary>The same with a configuration file that was read before.</summary>
    internal EffectiveSettings Read(ConfigurationFile? file, List<string> errors)
    {
        var settings = ReadOne(file, errors);
        return file?.AtStart is { } atStart ? settings.With(Settings.OfTheSupervisor, ReadOne(atStart, errors)) : settings;
    }

    private EffectiveSettings ReadOne(ConfigurationFile? file, List<string> errors) =>
        EffectiveSettings.Read(commandLine.Read(parsed, errors), file, Environment.GetEnvironmentVariables(), errors);
}
