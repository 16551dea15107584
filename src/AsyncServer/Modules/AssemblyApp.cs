using System.Reflection;
using System.Runtime.Loader;
using AsyncServer.Http;

namespace AsyncServer.Modules;

/// <summary>The app of an assembly: a static method, field or property. It stays as it is until the server ends.</summary>
internal static class AssemblyApp
{
    /// <param name="file">The assembly's full path.</param>
    /// <param name="member"><c>Namespace.Type.Member</c>.</param>
    /// <exception cref="ModuleException">It is no assembly, or has no such member, or one of another shape.</exception>
    internal static Application Load(string file, string member)
    {
        int dot = member.LastIndexOf('.');
        if (dot < 0)
            throw new ModuleException($"in an assembly, an app is Namespace.Type.Member; '{member}' names no type");
        try
        {
            var assembly = LoadAssembly(file);
            string typeName = member[..dot];
            var type = assembly.GetType(typeName) ?? throw new ModuleException($"{file} has no type '{typeName}'{Fitting(assembly)}");
            return ModuleEntry.Find(type, null, member[(dot + 1)..]);
        }
        catch (Exception exception)
            when (exception is BadImageFormatException or IOException or TypeLoadException or ReflectionTypeLoadException)
        {
            throw new ModuleException($"{file} cannot be loaded: {exception.Message}", exception);
        }
    }

    private static Assembly LoadAssembly(string file)
    {
        var resolver = new AssemblyDependencyResolver(file);
        AssemblyLoadContext.Default.Resolving += (context, name) =>
            resolver.ResolveAssemblyToPath(name) is { } path ? context.LoadFromAssemblyPath(path) : null;
        AssemblyLoadContext.Default.ResolvingUnmanagedDll += (_, name) =>
            resolver.ResolveUnmanagedDllToPath(name) is { } path ? System.Runtime.InteropServices.NativeLibrary.Load(path) : 0;
        return AssemblyLoadContext.Default.LoadFromAssemblyPath(file);
    }

    private static string Fitting(Assembly assembly)
    {
        string list = string.Join(", ", assembly.GetExportedTypes()
            .SelectMany(static type => ModuleEntry.Fitting(type, null).Select(name => $"{type.FullName}.{name}")).Take(10));
        return list.Length == 0 ? "" : $"; what would fit: {list}";
    }
}
