using System.Globalization;
using System.Reflection;

namespace AsyncServer.Unit.Packaging;

/// <summary>Types and constants as C# writes them, without namespaces.</summary>
internal static class TypeNames
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(byte)] = "byte",
        [typeof(sbyte)] = "sbyte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(nint)] = "nint",
        [typeof(nuint)] = "nuint",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
        [typeof(decimal)] = "decimal",
    };

    internal static string Of(Type type)
    {
        if (type.IsByRef || type.IsPointer)
            return Of(type.GetElementType()!) + (type.IsPointer ? "*" : "");
        if (type.IsArray)
            return $"{Of(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsGenericParameter)
            return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } value)
            return Of(value) + "?";
        if (type is { IsGenericType: true, IsGenericTypeDefinition: false }
            && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal))
            return $"({string.Join(", ", type.GetGenericArguments().Select(Of))})";
        return Keywords.TryGetValue(type, out string? keyword) ? keyword : Named(type);
    }

    internal static string Literal(object? value, Type type) => value switch
    {
        null => type.IsValueType && Nullable.GetUnderlyingType(type) is null ? "default" : "null",
        string text => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        bool truth => truth ? "true" : "false",
        char letter => $"'{letter}'",
        Enum member => $"{Of(member.GetType())}.{member}",
        _ when type.IsEnum => $"{Of(type)}.{Enum.ToObject(type, value)}",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>The constraints of each generic parameter, as <c> where T : struct</c>, or nothing.</summary>
    internal static string Constraints(Type[] parameters) =>
        string.Concat(parameters.Where(static parameter => parameter.IsGenericParameter).Select(static parameter =>
    {
        var kind = parameter.GenericParameterAttributes;
        bool isStruct = kind.HasFlag(GenericParameterAttributes.NotNullableValueTypeConstraint);
        List<string> words = [];
        if (kind.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
            words.Add("class");
        if (isStruct)
            words.Add("struct");
        words.AddRange(parameter.GetGenericParameterConstraints().Where(static type => type != typeof(ValueType)).Select(Of)
            .Order(StringComparer.Ordinal));
        if (!isStruct && kind.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
            words.Add("new()");
        if (kind.HasFlag(GenericParameterAttributes.AllowByRefLike))
            words.Add("allows ref struct");
        return words.Count == 0 ? "" : $" where {parameter.Name} : {string.Join(", ", words)}";
    }));

    // A nested type lists the arguments of those around it too: each level takes those that are its own.
    private static string Named(Type type)
    {
        var arguments = type.GetGenericArguments();
        string name = "";
        for (var level = type; level is not null; level = level.DeclaringType)
        {
            int outer = level.DeclaringType?.GetGenericArguments().Length ?? 0;
            var own = arguments.Take(level.GetGenericArguments().Length).Skip(outer).ToArray();
            string simple = level.Name.Split('`')[0] + (own.Length == 0 ? "" : $"<{string.Join(", ", own.Select(Argument))}>");
            name = name.Length == 0 ? simple : $"{simple}.{name}";
        }
        return name;
    }

    private static string Argument(Type type)
    {
        if (!type.IsGenericParameter || !type.DeclaringType!.IsGenericTypeDefinition)
            return Of(type);
        var variance = type.GenericParameterAttributes & GenericParameterAttributes.VarianceMask;
        return (variance == GenericParameterAttributes.Covariant ? "out " : variance == GenericParameterAttributes.Contravariant ? "in "
            : "") + type.Name;
    }
}
