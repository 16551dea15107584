using System.Collections;

namespace AsyncServer.Configuration;

/// <summary>
/// What holds after all sources were read: command line over environment over configuration file over defaults. A list from a
/// stronger source replaces the weaker one's whole.
/// </summary>
internal sealed class EffectiveSettings
{
    private readonly Dictionary<Setting, SettingValue> _values = [];

    private EffectiveSettings() { }

    /// <summary>The configuration file that was read, or null.</summary>
    internal ConfigurationFile? File { get; private init; }

    /// <summary>Reads and checks all sources.</summary>
    /// <param name="commandLine">What the command line says.</param>
    /// <param name="file">The configuration file, if there is one.</param>
    /// <param name="environment">The process's environment.</param>
    /// <param name="errors">Receives what is wrong, a line each: where, which setting, and why.</param>
    internal static EffectiveSettings Read(Dictionary<Setting, SettingValue> commandLine, ConfigurationFile? file, IDictionary environment,
        List<string> errors)
    {
        var settings = new EffectiveSettings { File = file };
        Dictionary<Setting, SettingValue>[] strongestFirst =
        [
            commandLine,
            EnvironmentSource.Read(environment, errors),
            file is null ? [] : JsonSource.Read(file, errors),
        ];
        foreach (var source in strongestFirst)
            settings.Add(source, errors);
        if (errors.Count == 0)
            errors.AddRange(ModelRules.Check(settings));
        return settings;
    }

    /// <summary>Takes some settings from elsewhere, set or not.</summary>
    internal EffectiveSettings With(IEnumerable<Setting> some, EffectiveSettings of)
    {
        foreach (var setting in some)
        {
            _values.Remove(setting);
            if (of._values.TryGetValue(setting, out var value))
                _values.Add(setting, value);
        }
        return this;
    }

    /// <summary>The value of a setting that has one or a default.</summary>
    internal T Get<T>(Setting<T> setting) => setting.Read(_values.TryGetValue(setting, out var value) ? value.Texts[0] : setting.Default!);

    internal IReadOnlyList<T> GetAll<T>(Setting<T> setting) =>
        _values.TryGetValue(setting, out var value) ? [.. value.Texts.Select(setting.Read)] : [];

    /// <summary>A path, relative ones from where they were set.</summary>
    internal string GetPath(Setting<string> setting) => ToPath(setting, Get(setting));

    internal string ToPath(Setting setting, string path) =>
        _values.TryGetValue(setting, out var value) && value.Folder is not null ? Path.Combine(value.Folder, path) : path;

    internal bool IsSet(Setting setting) => _values.ContainsKey(setting);

    /// <summary>Where it was set, or "default".</summary>
    internal string OriginOf(Setting setting) => _values.TryGetValue(setting, out var value) ? value.Origin : "default";

    internal IReadOnlyList<string> TextsOf(Setting setting) =>
        _values.TryGetValue(setting, out var value) ? value.Texts : setting.Default is null ? [] : [setting.Default];

    private void Add(Dictionary<Setting, SettingValue> source, List<string> errors)
    {
        foreach (var (setting, value) in source)
        {
            foreach (string text in value.Texts)
            {
                if (setting.Check(text) is { } error)
                    errors.Add($"{value.Origin}: {error}");
            }
        }

        // PORT and --bind say the same thing: together they are a mistake, in a stronger source either replaces both.
        if (source.TryGetValue(Settings.Port, out var port) && source.ContainsKey(Settings.Bind))
            errors.Add($"{port.Origin} and {source[Settings.Bind].Origin} cannot both be given.");
        bool addressIsSet = IsSet(Settings.Port) || IsSet(Settings.Bind);
        foreach (var (setting, value) in source)
        {
            if (!(addressIsSet && (setting == Settings.Port || setting == Settings.Bind)))
                _values.TryAdd(setting, value);
        }
    }
}
