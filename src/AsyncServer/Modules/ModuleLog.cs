using Microsoft.Extensions.Logging;

namespace AsyncServer.Modules;

/// <summary>Every line that script modules log.</summary>
internal static partial class ModuleLog
{
    [LoggerMessage(100, LogLevel.Information, "Compiled {Name} in {Milliseconds:0} ms")]
    internal static partial void ModuleCompiled(this ILogger logger, string name, double milliseconds);

    [LoggerMessage(101, LogLevel.Debug, "Loaded {Name}")]
    internal static partial void ModuleLoaded(this ILogger logger, string name);

    [LoggerMessage(102, LogLevel.Error, "{Name} cannot be served: {Reason}")]
    internal static partial void ModuleFailed(this ILogger logger, string name, string reason, Exception? exception);

    [LoggerMessage(103, LogLevel.Error, "{Name} was changed but cannot be served; its previous version stays in use: {Reason}")]
    internal static partial void ModuleKept(this ILogger logger, string name, string reason, Exception? exception);

    [LoggerMessage(104, LogLevel.Warning, "{Name} is gone; its last version stays in use")]
    internal static partial void ModuleGone(this ILogger logger, string name);

    [LoggerMessage(105, LogLevel.Warning, "The modules of {Folder} were not compiled ahead of time: {Reason}")]
    internal static partial void WarmingFailed(this ILogger logger, string folder, string reason);

    [LoggerMessage(106, LogLevel.Debug, "All modules of {Folder} that can be compiled have been")]
    internal static partial void Warmed(this ILogger logger, string folder);

    [LoggerMessage(107, LogLevel.Debug, "{Name} is not compiled")]
    internal static partial void NotCompiled(this ILogger logger, string name);

    [LoggerMessage(108, LogLevel.Debug, "The compiler has started: process {Id}")]
    internal static partial void CompilerStarted(this ILogger logger, int id);

    [LoggerMessage(109, LogLevel.Warning,
        "No cache folder for {Folder} can be written: its modules are kept in memory and compiled again at each start")]
    internal static partial void NoCache(this ILogger logger, string folder);
}
