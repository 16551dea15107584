using System.Collections;

namespace AsyncServer.Configuration;

/// <summary>The environment: <c>ASYNCSERVER_KEEP_ALIVE_TIMEOUT=5</c>. Lists are separated by commas, maps by semicolons.</summary>
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
            string[] texts = setting.Shape switch
            {
                SettingShape.List => Split(text, ','),
                SettingShape.Map => Split(text, ';'), // values such as "public, max-age=60" have commas
                _ => [text],
            };
            values.Add(setting, new SettingValue(texts, name));
        }
        return values;
    }

    private static string[] Split(string text, char separator) =>
        text.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    // Kubernetes puts such variables into every pod beside a service of our name; they are addresses of that service, no settings.
    private static bool IsServiceLink(string name, string? value) =>
        name.StartsWith(Prefix + "SERVICE_", StringComparison.Ordinal)
        || (name.StartsWith(Prefix + "PORT", StringComparison.Ordinal) && value?.Contains("://", StringComparison.Ordinal) == true)
        || name.StartsWith(Prefix + "PORT_", StringComparison.Ordinal);
}
