using System.CommandLine;
using System.CommandLine.Help;

namespace AsyncServer.Configuration;

/// <summary>The command line: a flag for every setting, and what else can be asked of the program.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<Setting, Option> _options = [];

    private readonly Argument<string?> _port = new("PORT")
    {
        Description = Settings.Port.Description + $" [default: {Settings.Port.Default}]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Argument<string?> _app = new("MODULE:APP")
    {
        Description = Settings.App.Description,
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = $"Configuration file (JSON). Default: {ConfigurationFile.DefaultName}, if it is there.",
        HelpName = "FILE",
    };

    // Those that were given with a value.
    private readonly List<(Setting Setting, string Text)> _switches = [];

    /// <summary>Begins the command line of the server's own processes; people see it in a list of processes.</summary>
    internal const string WorkerFlag = "--worker";

    private readonly Option<bool> _check = new("--check-config") { Description = "Check the configuration and end: 0 if it is good." };

    private readonly Option<bool> _print = new(
        "--print-config")
    { Description = "Print every setting with its value and where that came from, and end." };

    private readonly Option<string?> _compiledFolder = new("--web")
    {
        Description = Settings.Web.Description,
        HelpName = Settings.Web.ValueName
    };

    // For the server, which names the modules on the standard input.
    private readonly Option<bool> _compileService = new("--serve") { Hidden = true };
    private readonly Option<bool> _compileForDebugging = new("--debug") { Hidden = true };

    private readonly Option<string?> _worker = new(WorkerFlag) { Hidden = true };

    internal CommandLine()
    {
        Root = new RootCommand(
            "An HTTP/1.1 server with a coroutine for each connection. Serves the files of a folder, and apps under .py paths.");
        Root.Arguments.Add(_port);
        Root.Arguments.Add(_app);
        foreach (var setting in Settings.All)
        {
            if (IsArgument(setting))
                continue;
            var option = MakeOption(setting);
            _options.Add(setting, option);
            Root.Options.Add(option);
        }
        Root.Options.Add(_worker);
        Root.Options.Add(_config);
        Root.Options.Add(_check);
        Root.Options.Add(_print);
        Compile.Options.Add(_compiledFolder);
        Compile.Options.Add(_compileService);
        Compile.Options.Add(_compileForDebugging);
        Root.Subcommands.Add(Compile);
        var help = Root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExitCodes((HelpAction)help.Action!);
    }

    internal RootCommand Root { get; }

    /// <summary>
    /// Reads a command line. A switch may be given as <c>--dev=false</c>; written without the equals sign, what follows is not its value.
    /// </summary>
    internal ParseResult Parse(IReadOnlyList<string> arguments)
    {
        var left = new List<string>();
        foreach (string argument in arguments)
        {
            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            var setting = equals < 0 ? null : Settings.All.FirstOrDefault(
                setting => setting.Shape == SettingShape.Switch && argument.AsSpan(0, equals).SequenceEqual(setting.Flag));
            if (setting is null)
                left.Add(argument);
            else
                _switches.Add((setting, argument[(equals + 1)..]));
        }
        return Root.Parse(left);
    }

    internal Command Compile { get; } = new("compile",
        "Compile all script modules into the web folder's cache; what is wrong is printed with file and line.");

    /// <summary>
    /// What is wrong with a command line, in words without the parser's types. A mistyped flag is taken for an argument, and named.
    /// </summary>
    internal IEnumerable<string> Mistakes(ParseResult arguments)
    {
        Argument[] places = [_port, _app];
        return places.SelectMany(place => arguments.GetResult(place)?.Tokens ?? [])
            .FirstOrDefault(static token => token.Value.StartsWith('-')) is { } flag
            ? [NoSuchOption(flag.Value)]
            : arguments.Errors.Select(static error => error.Message);
    }

    /// <summary>What the server has given to a process of its own, see <c>WorkerSeat</c>; null for any other process.</summary>
    internal string? Seat(ParseResult arguments) => arguments.GetValue(_worker);

    internal string? ConfigFile(ParseResult arguments) => arguments.GetValue(_config);

    /// <summary>
    /// Where to compile, whether the modules are those that come over the standard input, and whether without optimization; the folder is
    /// null if none was given.
    /// </summary>
    internal (string? Folder, bool IsService, bool IsDebug) Compiled(ParseResult arguments) =>
        (arguments.GetValue(_compiledFolder), arguments.GetValue(_compileService), arguments.GetValue(_compileForDebugging));

    internal bool IsCheck(ParseResult arguments) => arguments.GetValue(_check);

    internal bool IsPrint(ParseResult arguments) => arguments.GetValue(_print);

    /// <summary>What was given, as a source of settings.</summary>
    internal Dictionary<Setting, SettingValue> Read(ParseResult arguments, List<string> errors)
    {
        var values = new Dictionary<Setting, SettingValue>();
        string?[] given = [arguments.GetValue(_port), arguments.GetValue(_app)];
        if (Array.Find(given, static argument => argument is ['-', ..]) is { } flag)
            errors.Add(NoSuchOption(flag));
        else
            ReadArguments(given[0], given[1], values, errors);
        foreach (var (setting, text) in _switches)
        {
            if (!values.TryAdd(setting, new SettingValue([Plain(text)], setting.Flag))
                || arguments.GetResult(_options[setting]) is { Implicit: false })
                errors.Add($"{setting.Flag}: it is given twice.");
        }
        foreach (var (setting, option) in _options)
        {
            if (arguments.GetResult(option) is not { Implicit: false } result)
                continue;
            string[] texts = [.. result.Tokens.Select(static token => token.Value)];
            if (setting.Shape == SettingShape.Switch)
                texts = ["true"];
            if (setting.SplitsAtCommas)
                texts = [.. texts.SelectMany(static text =>
                    text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
            if (texts.Length > 1 && setting.Shape is SettingShape.Single or SettingShape.Switch)
                errors.Add($"{setting.Flag}: it is given twice.");
            else
                values.TryAdd(setting, new SettingValue(texts, setting.Flag));
        }
        return values;
    }

    private static string Plain(string text) => SettingParsers.Switch(text) switch
    {
        (true, null) => "true",
        (false, null) => "false",
        _ => text, // what is wrong with it is said where all values are checked
    };

    // PORT may be left out: what has a colon is the app.
    private static void ReadArguments(string? port, string? app, Dictionary<Setting, SettingValue> values, List<string> errors)
    {
        if (app is null && port is not null && port.Contains(':', StringComparison.Ordinal))
            (port, app) = (null, port);
        if (port is not null && Settings.Port.Check(port) is { } error)
            errors.Add($"PORT: {error}{(app is null && !int.TryParse(port, out _) ? " An app is MODULE:APP, such as "
                + "mini_frame:application." : "")}");
        else if (port is not null)
            values.Add(Settings.Port, new SettingValue([port], "PORT"));
        if (app is not null)
            values.Add(Settings.App, new SettingValue([app], "MODULE:APP"));
    }

    private static bool IsArgument(Setting setting) => setting == Settings.Port || setting == Settings.App;

    private static string NoSuchOption(string flag)
    {
        string start = flag[..Math.Min(flag.Length, 5)];
        var similar = Settings.All.Where(setting => setting.Flag.StartsWith(start, StringComparison.OrdinalIgnoreCase)
            && !IsArgument(setting))
            .MaxBy(setting => setting.Flag.AsSpan().CommonPrefixLength(flag));
        return $"there is no option {flag}.{(similar is null ? "" : $" Did you mean {similar.Flag}?")}";
    }

    private static Option MakeOption(Setting setting) => setting.Shape == SettingShape.Switch
        ? new Option<bool>(setting.Flag) { Description = setting.Description, Arity = ArgumentArity.Zero }
        : MakeValueOption(setting);

    private static Option<string[]> MakeValueOption(Setting setting) => new(setting.Flag)
    {
        Description = setting.Description + (setting.Default is null ? "" : $" [default: {setting.Default}]"),
        HelpName = setting.ValueName,
        AllowMultipleArgumentsPerToken = false,
        Arity = ArgumentArity.OneOrMore,
    };
}
