using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace AsyncServer.Unit.Packaging;

/// <summary>
/// What an assembly offers to others, one line a member, in C#'s words: public types, their public members, and the protected ones of types
/// that can be derived from. Attributes and the nullability of references are left out.
/// </summary>
internal static class PublicApi
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    internal static string Of(Assembly assembly) => Of(assembly.GetExportedTypes());

    internal static string Of(IEnumerable<Type> types)
    {
        var text = new StringBuilder();
        var sorted = types.Where(static type => !IsGenerated(type))
            .OrderBy(static type => type.Namespace, StringComparer.Ordinal).ThenBy(TypeNames.Of, StringComparer.Ordinal);
        foreach (var space in sorted.GroupBy(static type => type.Namespace))
        {
            text.Append("namespace ").Append(space.Key).Append('\n');
            foreach (var type in space)
                Append(text, type);
        }
        return text.ToString();
    }

    private static void Append(StringBuilder text, Type type)
    {
        text.Append('\n').Append(Head(type)).Append('\n');
        if (typeof(Delegate).IsAssignableFrom(type))
            return;
        var members = type.IsEnum
            ? type.GetEnumValues().Cast<Enum>()
                .Select(static value => (Order: value.ToString("d").PadLeft(20), Line: (string?)$"{value} = {value:d}"))
            : type.GetMembers(Declared).Where(static member => !IsGenerated(member))
                .Select(static member => (Order: Rank(member), Line: Line(member)));
        var visible = members.Where(static member => member.Line is not null);
        foreach (var (_, line) in visible.OrderBy(static member => member.Order, StringComparer.Ordinal)
            .ThenBy(static member => member.Line, StringComparer.Ordinal))
            text.Append("    ").Append(line).Append('\n');
    }

    private static string Head(Type type)
    {
        string access = type.IsNestedFamily || type.IsNestedFamORAssem ? "protected " : "public ";
        var arguments = type.GetGenericArguments();
        if (typeof(Delegate).IsAssignableFrom(type))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"{access}delegate {Returned(invoke.ReturnParameter)} "
                + $"{TypeNames.Of(type)}({Parameters(invoke)}){TypeNames.Constraints(arguments)}";
        }
        if (type.IsEnum)
            return $"{access}enum {TypeNames.Of(type)}" + (
                type.GetEnumUnderlyingType() == typeof(int) ? "" : " : " + TypeNames.Of(type.GetEnumUnderlyingType()));
        string kind = type switch
        {
            { IsInterface: true } => "interface ",
            { IsValueType: true } => (Has<IsReadOnlyAttribute>(type) ? "readonly " : "") + (type.IsByRefLike ? "ref " : "") + "struct ",
            { IsAbstract: true, IsSealed: true } => "static class ",
            { IsAbstract: true } => "abstract class ",
            _ => (type.IsSealed ? "sealed " : "") + "class ",
        };
        var inherited = type.GetInterfaces().SelectMany(static face => face.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? [])
            .ToHashSet();
        var bases = type.GetInterfaces().Where(face => face.IsVisible && !inherited.Contains(face)).Select(TypeNames.Of)
            .Order(StringComparer.Ordinal).ToList();
        if (type is { IsValueType: false, BaseType: { } parent } && parent != typeof(object))
            bases.Insert(0, TypeNames.Of(parent));
        return access + kind + TypeNames.Of(type) + (bases.Count == 0 ? "" : " : " + string.Join(", ", bases)) + TypeNames.Constraints(
            arguments);
    }

    private static string Rank(MemberInfo member) => member switch
    {
        FieldInfo => "1" + member.Name,
        ConstructorInfo => "2",
        PropertyInfo => "3" + member.Name,
        EventInfo => "4" + member.Name,
        MethodInfo { IsSpecialName: true } => "6" + member.Name, // operators
        _ => "5" + member.Name,
    };

    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo field => Field(field),
        ConstructorInfo constructor => Access(constructor) is { } access && !constructor.IsStatic
            ? $"{access}{constructor.DeclaringType!.Name.Split('`')[0]}({Parameters(constructor)})" : null,
        PropertyInfo property => Property(property),
        EventInfo { AddMethod: { } add } happening => Access(add) is { } access
            ? $"{access}{Modifiers(add)}event {TypeNames.Of(happening.EventHandlerType!)} {happening.Name}" : null,
        MethodInfo method => Method(method),
        _ => null, // nested types stand in the list themselves
    };

    private static string? Field(FieldInfo field)
    {
        if (!field.IsPublic && !field.IsFamily && !field.IsFamilyOrAssembly)
            return null;
        string access = field.IsPublic ? "public " : "protected ";
        string type = TypeNames.Of(field.FieldType);
        return field.IsLiteral
            ? $"{access}const {type} {field.Name} = {TypeNames.Literal(field.GetRawConstantValue(), field.FieldType)}"
            : $"{access}{(field.IsStatic ? "static " : "")}{(Has<RequiredMemberAttribute>(field) ? "required " : "")}"
                + $"{(field.IsInitOnly ? "readonly " : "")}{type} {field.Name}";
    }

    private static string? Property(PropertyInfo property)
    {
        var accessors = new[] { property.GetMethod, property.SetMethod }.Where(static accessor => accessor is not null
            && Access(accessor) is not null).ToList();
        if (accessors.Count == 0)
            return null;
        var widest = accessors.Find(static accessor => accessor!.IsPublic) ?? accessors[0]!;
        var body = accessors.Select(accessor => (Access(accessor!) == Access(widest) ? "" : Access(accessor!)) + Verb(property, accessor!));
        var index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        string type = property.GetMethod is { } get ? Returned(get.ReturnParameter) : TypeNames.Of(property.PropertyType);
        return $"{Access(widest)}{Modifiers(widest)}{(Has<RequiredMemberAttribute>(property) ? "required " : "")}{type} {name} {{ "
            + $"{string.Concat(body.Select(static word => word + "; "))}}}";
    }

    private static string Verb(PropertyInfo property, MethodInfo accessor) =>
        accessor == property.GetMethod ? "get"
        : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set";

    private static string? Method(MethodInfo method)
    {
        bool isOperator = method.IsSpecialName && method.Name.StartsWith("op_", StringComparison.Ordinal);
        if (Access(method) is not { } access || (method.IsSpecialName && !isOperator))
            return null;
        var arguments = method.GetGenericArguments();
        string generic = arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(TypeNames.Of))}>";
        string extension = Has<ExtensionAttribute>(method) ? "this " : "";
        string result = Returned(method.ReturnParameter);
        string head = method.Name switch
        {
            "op_Implicit" => $"implicit operator {result}",
            "op_Explicit" => $"explicit operator {result}",
            "op_Equality" => $"{result} operator ==",
            "op_Inequality" => $"{result} operator !=",
            _ when isOperator => $"{result} operator {method.Name["op_".Length..]}",
            _ => $"{result} {method.Name}{generic}",
        };
        return $"{access}{Modifiers(method)}{head}({extension}{Parameters(method)}){TypeNames.Constraints(arguments)}";
    }

    private static string? Access(MethodBase method) =>
        method.IsPublic ? method.DeclaringType!.IsInterface ? "" : "public " : (method.IsFamily || method.IsFamilyOrAssembly)
            && method.DeclaringType is { IsSealed: false } ? "protected " : null;

    private static string Modifiers(MethodInfo method)
    {
        if (method.DeclaringType!.IsInterface)
            return method.IsStatic ? method.IsAbstract ? "static abstract " : "static " : method.IsAbstract ? "" : "virtual ";
        string readOnly = method.DeclaringType is { IsValueType: true } type && !Has<IsReadOnlyAttribute>(type)
            && Has<IsReadOnlyAttribute>(method) ? "readonly " : "";
        if (method.IsStatic)
            return "static ";
        bool isOverride = method.IsVirtual && method.GetBaseDefinition() != method;
        return readOnly + (isOverride ? method.IsAbstract ? "abstract override " : method.IsFinal ? "sealed override " : "override "
            : method.IsAbstract ? "abstract " : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");
    }

    private static string Returned(ParameterInfo result) =>
        (result.ParameterType.IsByRef ? Has<IsReadOnlyAttribute>(result) ? "ref readonly " : "ref " : "") + TypeNames.Of(
            result.ParameterType);

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string way = !parameter.ParameterType.IsByRef
            ? Has<ParamArrayAttribute>(parameter) || Has<ParamCollectionAttribute>(parameter) ? "params "
                : Has<ScopedRefAttribute>(parameter) ? "scoped " : ""
            : parameter.IsOut ? "out " : Has<RequiresLocationAttribute>(parameter) ? "ref readonly " : parameter.IsIn ? "in " : "ref ";
        string standard = parameter.HasDefaultValue ? " = " + TypeNames.Literal(parameter.RawDefaultValue, parameter.ParameterType) : "";
        return $"{way}{TypeNames.Of(parameter.ParameterType)} {parameter.Name}{standard}";
    }

    // The compiler's own names hold characters that C# does not allow in one.
    private static bool IsGenerated(MemberInfo member) => member.Name.Contains('<', StringComparison.Ordinal);

    private static bool Has<T>(ICustomAttributeProvider target)
        where T : Attribute => target.IsDefined(typeof(T), inherit: false);
}
