using AsyncServer.Configuration;
using AsyncServer.Modules;
using AsyncServer.Runtime;
using AsyncServer.Workers;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace AsyncServer.Roles;

/// <summary>Decides what this process is, runs that, and says in a sentence what a user has got wrong.</summary>
internal static class ProgramRoles
{
    /// <param name="seat">Which of the server's own processes this is; null if none.</param>
    /// <param name="settings">What was set.</param>
    /// <param name="reader">Reads it again.</param>
    /// <param name="signals">The process's.</param>
    /// <returns>The exit code.</returns>
    internal static async Task<int> RunAsync(WorkerSeat? seat, EffectiveSettings settings, SettingsReader reader, ProcessSignals signals)
    {
        using var logging = ConsoleLogging.Create(settings.Get(Settings.LogLevel), isSingleLine: !settings.Get(Settings.Dev), seat?.Name);
        try
        {
            return seat switch
            {
                { IsOfConnection: true } => await ConnectionServant.RunAsync(seat, settings, signals, logging),
                not null => await Worker.RunAsync(seat, settings, reader.Arguments, signals, logging),
                null when settings.Get(Settings.Workers) > 0 => Supervise(settings, reader, signals, logging),
                null => await LoneServer.RunAsync(settings, reader.Arguments, signals, logging),
            };
        }
        catch (Exception exception) when (IsUsersMistake(exception))
        {
            return Explain(exception);
        }
    }

    /// <summary>Says whether a server could be made of the settings; none is started.</summary>
    internal static int Check(EffectiveSettings settings)
    {
        try
        {
            ServerSettings.App(settings, ServerSettings.WebFolder(settings));
            ServerSettings.ToOptions(settings, NullLoggerFactory.Instance, ListenSettings.Read(settings, inherited: null)).Check();
            return ExitCode.Good;
        }
        catch (Exception exception) when (IsUsersMistake(exception))
        {
            return Explain(exception);
        }
    }

    /// <summary>Compiles script modules into their cache: all, or those that the standard input names. No server is started.</summary>
    internal static int Compile(string folder, bool isService, bool isDebug)
    {
        if (!Directory.Exists(folder))
            return Explain(ServerSettings.NoWebFolder(folder));
        return isService ? CompileService.Run(folder, isDebug) : CompileCommand.Run(folder, null, isDebug, Console.Out);
    }

    private static int Supervise(EffectiveSettings settings, SettingsReader reader, ProcessSignals signals, ILoggerFactory logging) =>
        Supervisor.Run(settings, reader, signals, logging.CreateLogger(LogCategory.Workers),
            endPoints => Announcement.Write(endPoints, settings, Announcement.Many(settings.Get(Settings.Workers), "worker")));

    private static bool IsUsersMistake(Exception exception) =>
        exception is ListenException or IOException or PlatformNotSupportedException or ModuleException;

    private static int Explain(Exception exception)
    {
        string remedy = exception is DirectoryNotFoundException ? " Make it, or name another with --root DIR." : "";
        Console.Error.WriteLine($"asyncserver: {exception.Message}{remedy}");
        return ExitCode.Failed;
    }
}
