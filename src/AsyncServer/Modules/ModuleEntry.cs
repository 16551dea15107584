using System.Reflection;
using AsyncServer.Http;

namespace AsyncServer.Modules;

/// <summary>Finds the function of a script that answers requests.</summary>
internal static class ModuleEntry
{
    private const string EntryName = "application";

    private const BindingFlags Members =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <exception cref="ModuleException">There is none, or it has another shape; the message says what is there instead.</exception>
    internal static Application Find(Type script, object instance)
    {
        var functions = script.GetMethods(Members).Where(static method => method.Name == EntryName).ToList();
        try
        {
            if (functions.Count > 0)
                return FromFunction(functions, instance);
            if (script.GetField(EntryName, Members) is { } variable)
                return FromValue(variable.GetValue(instance));
        }
        catch (ArgumentException exception)
        {
            throw new ModuleException(exception.Message, exception);
        }
        string others = string.Join(", ", script.GetMembers(Members).Where(IsDeclared).Select(static member => member.Name).Distinct().Order(StringComparer.Ordinal));
        throw new ModuleException($"it has no function '{EntryName}'; what it has: {(others.Length == 0 ? "nothing" : others)}");
    }

    private static Application FromFunction(List<MethodInfo> functions, object instance)
    {
        if (functions.Find(HasShape) is not { } function)
            throw new ModuleException($"'{EntryName}' takes (Environ, StartResponse) and returns a body; this one is {Describe(functions[0])}");
        var type = typeof(Func<,,>).MakeGenericType(typeof(Environ), typeof(StartResponse), function.ReturnType);
        return Applications.From(function.CreateDelegate(type, function.IsStatic ? null : instance));
    }

    private static Application FromValue(object? value) => value switch
    {
        UrlMap map => map,
        Delegate function => Applications.From(function),
        null => throw new ModuleException($"'{EntryName}' is null"),
        _ => throw new ModuleException($"'{EntryName}' is a {value.GetType()}, which is no function"),
    };

    private static bool HasShape(MethodInfo function) =>
        !function.IsGenericMethodDefinition && function.ReturnType != typeof(void)
        && function.GetParameters().Select(static parameter => parameter.ParameterType).SequenceEqual([typeof(Environ), typeof(StartResponse)]);

    private static string Describe(MethodInfo function) =>
        $"{function.ReturnType.Name} {function.Name}({string.Join(", ", function.GetParameters().Select(static parameter => parameter.ParameterType.Name))})";

    // Not what the compiler has made.
    private static bool IsDeclared(MemberInfo member) => member is not ConstructorInfo && !member.Name.Contains('<', StringComparison.Ordinal);
}
