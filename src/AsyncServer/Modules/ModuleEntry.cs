using System.Reflection;
using AsyncServer.Http;

namespace AsyncServer.Modules;

/// <summary>
/// Finds what answers requests in a script or a type: a function, or a field or property that holds one, a <see cref="UrlMap"/>, or an
/// object with a public method <c>Invoke</c> of an application's shape.
/// </summary>
internal static class ModuleEntry
{
    /// <summary>The name in scripts that paths name.</summary>
    internal const string StandardName = "application";

    private const string InvokeName = "Invoke";

    private const BindingFlags ScriptMembers =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private const BindingFlags StaticMembers = BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <param name="type">The script's class, or any other type.</param>
    /// <param name="instance">The script; null for a type's static members.</param>
    /// <param name="name">The member's name.</param>
    /// <exception cref="ModuleException">There is none, or it has another shape; the message says what is there instead.</exception>
    internal static Application Find(Type type, object? instance, string name)
    {
        var functions = type.GetMethods(MembersOf(instance)).Where(method => method.Name == name).ToList();
        try
        {
            if (functions.Count > 0)
                return FromFunction(functions, instance, name);
            if (type.GetField(name, MembersOf(instance)) is { } variable)
                return FromValue(variable.GetValue(instance), name);
            if (type.GetProperty(name, MembersOf(instance)) is { CanRead: true } property && property.GetIndexParameters().Length == 0)
                return FromValue(property.GetValue(instance), name);
        }
        catch (Exception exception) when (exception is ArgumentException or ModuleException)
        {
            // what was just refused is no advice
            string fitting = string.Join(", ", Fitting(type, instance).Where(member => member != name));
            throw new ModuleException(exception.Message.TrimEnd('.') + (fitting.Length == 0 ? "" : $"; what would fit: {fitting}"),
                exception.InnerException);
        }
        catch (Exception exception) when (exception is TargetInvocationException or TypeInitializationException)
        {
            throw new ModuleException($"'{name}' cannot be read: {exception.InnerException!.Message}", exception.InnerException);
        }
        throw new ModuleException($"{(instance is null ? type.FullName : "it")} has no function '{name}'; {Describe(type, instance)}");
    }

    /// <summary>The names of members that could answer requests.</summary>
    internal static IEnumerable<string> Fitting(Type type, object? instance) =>
        type.GetMembers(MembersOf(instance)).Where(IsDeclared).Where(Fits).Select(static member => member.Name).Distinct()
            .Order(StringComparer.Ordinal);

    private static Application FromFunction(List<MethodInfo> functions, object? instance, string name)
    {
        if (functions.Find(HasShape) is not { } function)
            throw new ModuleException($"'{name}' takes (Environ, StartResponse) and returns a body; this one is {Describe(functions[0])}");
        var type = typeof(Func<,,>).MakeGenericType(typeof(Environ), typeof(StartResponse), function.ReturnType);
        return Applications.From(function.CreateDelegate(type, function.IsStatic ? null : instance));
    }

    private static Application FromValue(object? value, string name) => value switch
    {
        UrlMap map => map,
        Delegate function => Applications.From(function),
        null => throw new ModuleException($"'{name}' is null"),
        _ when InvokeOf(value.GetType()) is { } invoke => FromFunction([invoke], value, InvokeName),
        _ => throw new ModuleException(
            $"'{name}' is a {value.GetType()}, which is no function and has no method {InvokeName}(Environ, StartResponse)"),
    };

    private static bool Fits(MemberInfo member) => member switch
    {
        MethodInfo method => !method.IsSpecialName && HasShape(method),
        FieldInfo field => Fits(field.FieldType),
        PropertyInfo property => property.CanRead && Fits(property.PropertyType),
        _ => false,
    };

    // A delegate's Invoke tells its shape.
    private static bool Fits(Type type) => type == typeof(UrlMap) || InvokeOf(type) is not null;

    private static MethodInfo? InvokeOf(Type type) =>
        Array.Find(type.GetMethods(BindingFlags.Public | BindingFlags.Instance), static method => method.Name == InvokeName
            && HasShape(method));

    private static bool HasShape(MethodInfo function) =>
        !function.IsGenericMethodDefinition && function.ReturnType != typeof(void)
        && function.GetParameters().Select(static parameter => parameter.ParameterType)
            .SequenceEqual([typeof(Environ), typeof(StartResponse)]);

    private static BindingFlags MembersOf(object? instance) => instance is null ? StaticMembers : ScriptMembers;

    private static string Describe(Type type, object? instance)
    {
        string fitting = string.Join(", ", Fitting(type, instance));
        if (fitting.Length > 0)
            return $"what would fit: {fitting}";
        var others = type.GetMembers(MembersOf(instance)).Where(IsDeclared).Select(static member => member.Name).Distinct()
            .Order(StringComparer.Ordinal);
        string list = string.Join(", ", others);
        return $"what it has: {(list.Length == 0 ? "nothing" : list)}";
    }

    private static string Describe(MethodInfo function) =>
        $"{function.ReturnType.Name} {function.Name}"
            + $"({string.Join(", ", function.GetParameters().Select(static parameter => parameter.ParameterType.Name))})";

    // Not what the compiler has made.
    private static bool IsDeclared(MemberInfo member) =>
        member is not ConstructorInfo && !member.Name.Contains('<', StringComparison.Ordinal);
}
