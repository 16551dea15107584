namespace AsyncServer.Configuration;

/// <summary>What one source says about one setting.</summary>
/// <param name="Texts">The values as text: one, or those of a list.</param>
/// <param name="Origin">Where it was set, in the words of an error: a flag, a variable, or file, line and key.</param>
/// <param name="Folder">What relative paths are relative to; null for the current folder.</param>
internal sealed record SettingValue(IReadOnlyList<string> Texts, string Origin, string? Folder = null);
