using System.Text;

namespace AsyncServer.Configuration;

/// <summary>The output of <c>--print-config</c>: every setting with its value and where that came from.</summary>
internal static class SettingsReport
{
    internal static string Of(EffectiveSettings settings)
    {
        var report = new StringBuilder();
        report.Append("configuration file: ").AppendLine(settings.File?.Path ?? "none");
        int keyWidth = Settings.All.Max(static setting => setting.Key.Length);
        foreach (var setting in Settings.All)
        {
            string value = string.Join(", ", settings.TextsOf(setting));
            report.AppendLine($"{setting.Key.PadRight(keyWidth)}  {(value.Length == 0 ? "-" : value),-24}  {settings.OriginOf(setting)}");
        }
        return report.ToString();
    }
}
