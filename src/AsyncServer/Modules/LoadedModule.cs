using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using AsyncServer.Http;

namespace AsyncServer.Modules;

/// <summary>One version of a script, loaded and run; it goes away once it is unloaded and no request uses it any more.</summary>
internal sealed class LoadedModule
{
    // What a script does before it answers requests should take milliseconds.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly AssemblyLoadContext _context;

    private LoadedModule(AssemblyLoadContext context, Application application)
    {
        _context = context;
        Application = application;
    }

    internal Application Application { get; }

    /// <summary>Loads an assembly and runs the script's own code.</summary>
    /// <param name="name">The script's.</param>
    /// <param name="entry">The name of what answers requests in it.</param>
    /// <param name="assembly">What the compiler made of it.</param>
    /// <param name="time">Measures how long the code takes.</param>
    /// <exception cref="ModuleException">The code throws, does not end, or has no function that answers requests.</exception>
    internal static async Task<LoadedModule> LoadAsync(string name, string entry, byte[] assembly, TimeProvider time)
    {
        var context = new AssemblyLoadContext(name, isCollectible: true);
        try
        {
            var script = context.LoadFromStream(new MemoryStream(assembly)).GetType(ModuleCompiler.ClassName, throwOnError: true)!;
            object instance = await RunInTimeAsync(script, time);
            return new LoadedModule(context, ModuleEntry.Find(script, instance, entry));
        }
        catch
        {
            context.Unload();
            throw;
        }
    }

    internal void Unload() => _context.Unload();

    // On a thread of its own: code that does not end keeps that, and nothing else; the file's next version may be better.
    private static async Task<object> RunInTimeAsync(Type script, TimeProvider time)
    {
        var run = Task.Factory.StartNew(() => RunAsync(script), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default).Unwrap();
        try
        {
            return await run.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            throw new ModuleException($"its own code has not ended in {Patience.TotalSeconds} s");
        }
    }

    // The compiler's convention: the factory makes the script's object, puts it into the list behind the host's, and runs the code.
    private static async Task<object> RunAsync(Type script)
    {
        var factory = script.GetMethod("<Factory>", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)!
            .CreateDelegate<Func<object?[], Task<object>>>();
        object?[] submissions = new object?[2];
        try
        {
            await factory(submissions);
        }
        catch (Exception exception)
        {
            throw Failure(script, exception);
        }
        return submissions[1]!;
    }

    private static ModuleException Failure(Type script, Exception exception)
    {
        var place = new StackTrace(exception, fNeedFileInfo: true).GetFrames()
            .FirstOrDefault(frame => frame.GetFileName() is not null && frame.GetMethod()?.Module == script.Module);
        return new ModuleException(
            $"its own code failed: {exception.Message}{(place is null ? "" : $" ({place.GetFileName()}:{place.GetFileLineNumber()})")}",
            exception);
    }
}
