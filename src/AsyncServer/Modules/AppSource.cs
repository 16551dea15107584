using AsyncServer.Http;

namespace AsyncServer.Modules;

/// <summary>Where <c>MODULE:APP</c> was found: a script of the web folder, or else an assembly.</summary>
internal sealed class AppSource
{
    // More would hide what the message says.
    private const int MaxNames = 10;

    private readonly AppName _name;
    private readonly string? _script;
    private readonly string? _assembly;

    private AppSource(AppName name, string? script, string? assembly)
    {
        _name = name;
        _script = script;
        _assembly = assembly;
    }

    /// <param name="name">What to look for.</param>
    /// <param name="web">The web folder, if there is one.</param>
    /// <param name="folder">What an assembly's path is relative to.</param>
    /// <exception cref="ModuleException">There is neither a script nor an assembly of that name.</exception>
    internal static AppSource Find(AppName name, string? web, string folder)
    {
        // 'admin.users' as Python has it, then a file whose name has a dot.
        string[] scripts = [.. ((string[])[name.Module.Replace('.', '/'), name.Module])
            .Select(static path => ModulePath.ToScript($"/{path}.py")).OfType<string>().Distinct()];
        if (web is not null && Array.Find(scripts, script => File.Exists(Path.Combine(web, script))) is { } found)
            return new AppSource(name, found, null);
        string file = name.Module.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) ? name.Module : name.Module + ".dll";
        string[] assemblies = [Path.GetFullPath(file, Path.GetFullPath(folder)), Path.GetFullPath(file, AppContext.BaseDirectory)];
        if (Array.Find(assemblies, File.Exists) is { } assembly)
            return new AppSource(name, null, assembly);
        var places = scripts.Select(script => Path.Combine(web ?? "web", script)).Concat(assemblies.Distinct());
        throw new ModuleException($"{name}: there is no {string.Join(" and no ", places)}.{Others(web)}");
    }

    /// <summary>The file.</summary>
    internal string Describe(string? web) => _assembly ?? Path.GetFullPath(Path.Combine(web!, _script!));

    /// <summary>Loads it, which runs the script's own code.</summary>
    /// <exception cref="ModuleException">It cannot be served; the message says why.</exception>
    internal async Task<Application> LoadAsync(ScriptModules? modules)
    {
        try
        {
            return _script is null ? AssemblyApp.Load(_assembly!, _name.Member) : await modules!.PinAsync(_script, _name.Member);
        }
        catch (ModuleException exception)
        {
            throw new ModuleException($"{_name}: {exception.Message}", exception);
        }
    }

    private static string Others(string? web)
    {
        if (web is null)
            return "";
        var names = Directory.EnumerateFiles(web, "*" + ModulePath.Extension).Select(Path.GetFileNameWithoutExtension)
            .Order(StringComparer.Ordinal).Take(MaxNames);
        string list = string.Join(", ", names);
        return list.Length == 0 ? "" : $" Scripts in {web}: {list}.";
    }
}
