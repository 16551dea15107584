namespace AsyncServer.Configuration;

/// <summary>
/// One thing that can be set: on the command line as a flag, in the environment as <c>ASYNCSERVER_*</c>, in the configuration file
/// as a key. The flag's name gives the other two.
/// </summary>
internal abstract class Setting
{
    /// <summary>The flag without its dashes, such as <c>keep-alive-timeout</c>.</summary>
    internal required string Name { get; init; }

    /// <summary>What stands for the value in help, such as <c>SECONDS</c>; null for a switch that needs none.</summary>
    internal string? ValueName { get; init; }

    internal required string Description { get; init; }

    /// <summary>The value, as text, where nothing is set. Null: none.</summary>
    internal string? Default { get; init; }

    internal SettingShape Shape { get; init; }

    /// <summary>Whether commas part the values of a list on the command line too: where none can be in a value.</summary>
    internal bool SplitsAtCommas { get; init; }

    internal string Flag => "--" + Name;

    internal string Variable => EnvironmentSource.Prefix + Name.Replace('-', '_').ToUpperInvariant();

    internal string Key { get => field ??= ToCamelCase(Name); }

    /// <summary>What is wrong with a value, in words that follow the setting's name; null when it is fine.</summary>
    internal abstract string? Check(string text);

    private static string ToCamelCase(string name)
    {
        string[] words = name.Split('-');
        return words[0] + string.Concat(words.Skip(1).Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));
    }
}

/// <summary>How many values a setting takes, and what they look like in the file.</summary>
internal enum SettingShape
{
    /// <summary>One value.</summary>
    Single,

    /// <summary>On or off; the flag needs no value.</summary>
    Switch,

    /// <summary>The flag may be repeated; an array in the file, separated by commas in the environment.</summary>
    List,

    /// <summary>A list of <c>NAME=VALUE</c>; an object in the file, separated by semicolons in the environment.</summary>
    Map,
}

/// <summary>A setting whose text stands for a <typeparamref name="T"/>.</summary>
internal sealed class Setting<T> : Setting
{
    /// <summary>The value, or the words that say what is wrong.</summary>
    internal required Func<string, (T? Value, string? Error)> Parse { get; init; }

    internal override string? Check(string text) => Parse(text).Error;

    internal T Read(string text) => Parse(text) is { Error: null, Value: { } value }
        ? value
        : throw new InvalidOperationException($"{Name} was not checked before it was read.");
}
