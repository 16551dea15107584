using System.Reflection;
using System.Runtime.Loader;
using AsyncServer.Http;

namespace AsyncServer.Modules;

/// <summary>One version of a script, loaded and run; it goes away once it is unloaded and no request uses it any more.</summary>
internal sealed class LoadedModule
{
    private readonly AssemblyLoadContext _context;

    private LoadedModule(AssemblyLoadContext context, Application application)
    {
        _context = context;
        Application = application;
    }

    internal Application Application { get; }

    /// <summary>Loads an assembly and runs the script's own code.</summary>
    /// <exception cref="ModuleException">The code throws, or has no function that answers requests.</exception>
    internal static async Task<LoadedModule> LoadAsync(string name, byte[] assembly)
    {
        var context = new AssemblyLoadContext(name, isCollectible: true);
        try
        {
            var script = context.LoadFromStream(new MemoryStream(assembly)).GetType(ModuleCompiler.ClassName, throwOnError: true)!;
            object instance = await RunAsync(script);
            return new LoadedModule(context, ModuleEntry.Find(script, instance));
        }
        catch
        {
            context.Unload();
            throw;
        }
    }

    internal void Unload() => _context.Unload();

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
            throw new ModuleException($"its own code failed: {exception.Message}", exception);
        }
        return submissions[1]!;
    }
}
