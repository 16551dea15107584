using System.Text;
using System.Text.Json;

namespace AsyncServer.Configuration;

/// <summary>
/// The configuration file: one JSON object whose keys are settings. Comments and trailing commas are allowed. A pass of our own,
/// since the usual binders neither know lines nor object to unknown keys.
/// </summary>
internal sealed class JsonSource
{
    private static readonly JsonReaderOptions ReaderOptions = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true
    };

    private readonly string _path;
    private readonly string _folder;
    private readonly byte[] _text;
    private readonly List<string> _errors;
    private readonly Dictionary<Setting, SettingValue> _values = [];

    private JsonSource(string path, byte[] text, List<string> errors)
    {
        _path = path;
        _folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        _text = text;
        _errors = errors;
    }

    /// <summary>Reads a file. What is wrong with it goes to <paramref name="errors"/>, with file, line and key.</summary>
    internal static Dictionary<Setting, SettingValue> Read(ConfigurationFile file, List<string> errors)
    {
        var source = new JsonSource(file.Path, file.Text, errors);
        try
        {
            source.ReadFile();
        }
        catch (JsonException exception)
        {
            errors.Add($"{file.Path}:{exception.LineNumber + 1}: this is not JSON: {Reason(exception)}");
        }
        return source._values;
    }

    private void ReadFile()
    {
        ReadOnlySpan<byte> text = _text;
        var reader = new Utf8JsonReader(text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text,
            ReaderOptions);
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _errors.Add($"{At(reader)}: a configuration is one JSON object of settings.");
            return;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            string origin = $"{At(reader)}: {key}";
            var setting = Settings.All.FirstOrDefault(setting => setting.Key == key);
            reader.Read();
            if (setting is null)
                _errors.Add($"{origin}: there is no such setting.{Suggestion(key)}");
            else if (_values.ContainsKey(setting))
                _errors.Add($"{origin}: it is set twice.");
            if (ReadTexts(ref reader, setting, origin) is { } texts && setting is not null)
                _values.TryAdd(setting, new SettingValue(texts, origin, _folder));
        }
        reader.Read(); // nothing may follow the object
    }

    private List<string>? ReadTexts(ref Utf8JsonReader reader, Setting? setting, string origin)
    {
        var texts = new List<string>();
        bool fits = reader.TokenType switch
        {
            JsonTokenType.StartArray => ReadArray(ref reader, texts) && setting?.Shape == SettingShape.List,
            JsonTokenType.StartObject => ReadObject(ref reader, texts) && setting?.Shape == SettingShape.Map,
            JsonTokenType.Null => false,
            _ => Add(reader, texts) && setting?.Shape is SettingShape.Single or SettingShape.Switch or SettingShape.List,
        };
        if (fits || setting is null)
            return texts;
        _errors.Add($"{origin}: {Expected(setting.Shape)}");
        return null;
    }

    private static bool ReadArray(ref Utf8JsonReader reader, List<string> texts)
    {
        bool plain = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            plain &= Add(reader, texts) || SkipNested(ref reader);
        return plain;
    }

    private static bool ReadObject(ref Utf8JsonReader reader, List<string> texts)
    {
        bool plain = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            var value = new List<string>();
            if (Add(reader, value))
                texts.Add($"{name}={value[0]}");
            else
                plain &= SkipNested(ref reader);
        }
        return plain;
    }

    private static bool SkipNested(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return false;
    }

    private static bool Add(in Utf8JsonReader reader, List<string> texts)
    {
        string? text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString(),
            JsonTokenType.Number => Encoding.UTF8.GetString(reader.ValueSpan),
            JsonTokenType.True => "true",
            JsonTokenType.False => "false",
            _ => null,
        };
        if (text is not null)
            texts.Add(text);
        return text is not null;
    }

    private static string Expected(SettingShape shape) => shape switch
    {
        SettingShape.Switch => "it is true or false.",
        SettingShape.List => "it is an array of texts.",
        SettingShape.Map => "it is an object of texts.",
        _ => "it is one value.",
    };

    private string At(in Utf8JsonReader reader) =>
        $"{_path}:{_text.AsSpan(0, Math.Min((int)reader.TokenStartIndex, _text.Length)).Count((byte)'\n') + 1}";

    // The reader's own message ends with a path and a position that we say better.
    private static string Reason(JsonException exception)
    {
        int end = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? exception.Message : exception.Message[..end];
    }

    private static string Suggestion(string key)
    {
        string letters = key.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal);
        var similar = Settings.All.FirstOrDefault(setting => setting.Key.Equals(letters, StringComparison.OrdinalIgnoreCase));
        return similar is null ? "" : $" Did you mean {similar.Key}?";
    }
}
