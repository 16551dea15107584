using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace AsyncServer.Modules;

/// <summary>Makes an assembly of a script. Nothing else names the compiler, and only the child process comes here.</summary>
internal static class ModuleCompiler
{
    /// <summary>The class that the script's functions and variables are members of.</summary>
    internal const string ClassName = "Module";

    private static readonly string[] Usings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Text", "System.Threading", "System.Threading.Tasks",
        "AsyncServer.Http", "AsyncServer.Runtime",
    ];

    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest, DocumentationMode.None, SourceCodeKind.Script);

    // What this program runs on, which has the two libraries in it.
    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(static () =>
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(static path => MetadataReference.CreateFromFile(path)),
    ]);

    /// <returns>The assembly, or null where <paramref name="errors"/> has received why not, a line each with file and line.</returns>
    internal static byte[]? Compile(ModuleSource source, List<string> errors)
    {
        var tree = CSharpSyntaxTree.ParseText(SourceText.From(source.Text, Encoding.UTF8), ParseOptions, source.Path);
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary,
            scriptClassName: ClassName,
            usings: Usings,
            // Optimized code is just-in-time compiled at its best at once, since it can be unloaded, and often names an earlier line of the
            // function.
            optimizationLevel: source.IsDebug ? OptimizationLevel.Debug : OptimizationLevel.Release,
            concurrentBuild: false, // the other processors are for requests
            nullableContextOptions: NullableContextOptions.Enable,
            sourceReferenceResolver: new SourceFileResolver([], Path.GetFullPath(source.Folder)));
        var compilation = CSharpCompilation.CreateScriptCompilation(
            $"{source.Name}-{source.Hash}".Replace('/', '.'), tree, References.Value, options, returnType: typeof(object));
        using var assembly = new MemoryStream();
        var result = compilation.Emit(assembly, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.Embedded));
        if (result.Success)
            return assembly.ToArray();
        errors.AddRange(result.Diagnostics.Where(static diagnostic => diagnostic.Severity == DiagnosticSeverity.Error)
            .Select(diagnostic => Describe(source, diagnostic)));
        if (errors.Count == 0)
            // no error to the compiler, but nothing to emit
            errors.Add($"{Path.Combine(source.Folder, source.Name)}: there is no code in it");
        return null;
    }

    private static string Describe(ModuleSource source, Diagnostic diagnostic)
    {
        var place = diagnostic.Location.GetMappedLineSpan();
        string file = Path.Combine(source.Folder,
            Path.GetRelativePath(Path.GetFullPath(source.Folder), place.IsValid ? place.Path : source.Path));
        string line = place.IsValid ? string.Create(CultureInfo.InvariantCulture,
            $":{place.StartLinePosition.Line + 1}:{place.StartLinePosition.Character + 1}") : "";
        return $"{file}{line}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)} ({diagnostic.Id})";
    }
}
