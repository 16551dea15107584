using System.Collections;

namespace AsyncServer.Configuration;

/// <summary>The environment: <c>ASYNCSERVER_KEEP_ALIVE_TIMEOUT=5</c>. Lists are separated by commas.</summary>
internal static class EnvironmentSource
{
    internal const string Prefix = "ASYNCSERVER_";

    /// <summary>Names the file to read, as <c>--config</c> does.</summary>
    internal const string ConfigVariable = Prefix + "CONFIG";

    // Read by others: the file's name by the program, the connection string by the sample site's database pages.
    private static readonly string[] Reserved = [ConfigVariable, Prefix + "DATABASE"];

    internal static Dictionary<Setting, SettingValue> Read(IDictionary environment, List<string> errors)
    {
        var values = new Dictionary<Setting, SettingValue>();
        foreach (DictionaryEntry entry in environment)
        {
            string name = (string)entry.Key;
            if (!name.StartsWith(Prefix, StringComparison.Ordinal) || Reserved.Contains(name) || IsServiceLink(name, (string?)entry.Value))
                continue;
            var setting = Settings.All.FirstOrDefault(setting => setting.Variable == name);
            if (setting is null)
            {
                errors.Add($"{name}: there is no such setting.");
                continue;
            }
            string text = (string?)entry.Value ?? "";
            string[] texts = setting.Shape is SettingShape.List or SettingShape.Map
                ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                : [text];
            values.Add(setting, new SettingValue(texts, name));
        }
        return values;
    }

    // Kubernetes puts such variables into every pod beside a service of our name; they are addresses of that service, no settings.
    private static bool IsServiceLink(string name, string? value) =>
        name.StartsWith(Prefix + "SERVICE_", StringComparison.Ordinal)
        || (name.StartsWith(Prefix + "PORT", StringComparison.Ordinal) && value?.Contains("://", StringComparison.Ordinal) == true)
        || name.StartsWith(Prefix + "PORT_", StringComparison.Ordinal);
}
