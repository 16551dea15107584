using System.Reflection;
using System.Reflection.Emit;
using System.Text.RegularExpressions;
using AsyncServer.Unit.Program;

namespace AsyncServer.Unit.Packaging;

/// <summary>
/// Which source file of an assembly uses which: read from the compiled code, so that a name in a comment or a text is no use of it.
/// </summary>
internal static partial class SourceArrows
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> OpCodes = typeof(OpCodes).GetFields()
        .Select(static field => (OpCode)field.GetValue(null)!).ToDictionary(static code => code.Value);

    // Of types that are in no other type.
    [GeneratedRegex(
        @"^(public|internal)\s+([a-z]+\s+)*?(class|struct|interface|enum|record(\s+struct)?|delegate\s+\S+)\s+"
            + @"(?<name>\w+)(<(?<generic>[^>]*)>)?",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Declaration { get; }

    /// <summary>Pairs of paths below the project's folder.</summary>
    internal static IEnumerable<(string From, string To)> Of(Assembly assembly)
    {
        string project = Path.Combine(ServerProgram.RepositoryRoot, "src", Folder(assembly.GetName().Name!));
        var files = new Dictionary<string, string>();
        // Hub.cs before Hub.Loop.cs
        foreach (string file in Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories).OrderBy(static file => file.Length))
        {
            string path = Path.GetRelativePath(project, file);
            if (path.StartsWith("obj", StringComparison.Ordinal) || path.StartsWith("bin", StringComparison.Ordinal))
                continue;
            foreach (Match declaration in Declaration.Matches(File.ReadAllText(file)))
                files.TryAdd(Key(declaration.Groups["name"].Value, 1 + declaration.Groups["generic"].Value.Count(static c => c == ','),
                    declaration.Groups["generic"].Success), path);
        }
        return assembly.GetTypes()
            .Where(static type => !IsGenerated(type))
            .SelectMany(type => Used(type).Where(used => used.Assembly == assembly && !IsGenerated(used))
                .Select(used => (From: FileOf(type, files), To: FileOf(used, files))))
            .Where(static arrow => arrow.From != arrow.To)
            .Distinct();
    }

    // The program is called by its command.
    private static string Folder(string assembly) => assembly == "asyncserver" ? "AsyncServer" : assembly;

    private static string FileOf(Type type, Dictionary<string, string> files)
    {
        var outer = Outermost(type);
        string key = Key(outer.Name.Split('`')[0], outer.GetGenericArguments().Length, outer.IsGenericType);
        return files.GetValueOrDefault(key) ?? throw new InvalidOperationException($"{outer} is declared in no file.");
    }

    private static string Key(string name, int count, bool isGeneric) => isGeneric ? $"{name}`{count}" : name;

    // What the compiler adds lies outside of our types; what it makes of lambdas and async methods lies within them.
    private static bool IsGenerated(Type type) => Outermost(type) is var outer
        && (outer.Name.Contains('<') || outer.Namespace?.StartsWith("AsyncServer", StringComparison.Ordinal) != true);

    private static Type Outermost(Type type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    private static HashSet<Type> Used(Type type)
    {
        var used = new HashSet<Type>();
        Add(type.BaseType);
        foreach (var contract in type.GetInterfaces())
            Add(contract);
        foreach (var field in type.GetFields(All))
            Add(field.FieldType);
        foreach (var method in type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
        {
            foreach (var parameter in method.GetParameters())
                Add(parameter.ParameterType);
            if (method is MethodInfo { ReturnType: var result })
                Add(result);
            if (method.GetMethodBody() is not { } body)
                continue;
            foreach (var local in body.LocalVariables)
                Add(local.LocalType);
            foreach (var clause in body.ExceptionHandlingClauses.Where(
                static clause => clause.Flags == ExceptionHandlingClauseOptions.Clause))
                Add(clause.CatchType);
            AddBody(method, body.GetILAsByteArray()!);
        }
        return used;

        void AddBody(MethodBase method, byte[] code)
        {
            Type[] ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : [];
            Type[] ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : [];
            for (int at = 0; at < code.Length;)
            {
                short value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at];
                var operation = OpCodes[value];
                at += operation.Size;
                if (operation.OperandType is OperandType.InlineMethod or OperandType.InlineField
                    or OperandType.InlineType or OperandType.InlineTok)
                    AddMember(method.Module.ResolveMember(BitConverter.ToInt32(code, at), ofType, ofMethod));
                at += SizeOfOperand(operation.OperandType, code, at);
            }
        }

        void AddMember(MemberInfo? member)
        {
            Add(member as Type ?? member?.DeclaringType);
            if (member is MethodBase { IsGenericMethod: true } method)
                Array.ForEach(method.GetGenericArguments(), Add);
        }

        void Add(Type? part)
        {
            while (part is { HasElementType: true })
                part = part.GetElementType();
            if (part is null || part.IsGenericParameter || !used.Add(part))
                return;
            Array.ForEach(part.GetGenericArguments(), Add);
            if (part.IsGenericType && !part.IsGenericTypeDefinition)
                Add(part.GetGenericTypeDefinition());
        }
    }

    private static int SizeOfOperand(OperandType type, byte[] code, int at) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
        _ => 4,
    };
}
