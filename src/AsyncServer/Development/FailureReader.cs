using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.Loader;
using System.Text.RegularExpressions;
using AsyncServer.Http;
using AsyncServer.Modules;
using AsyncServer.Runtime;

namespace AsyncServer.Development;

/// <summary>What there is to say about an exception.</summary>
internal static partial class FailureReader
{
    // Compilers have more errors after the first than mistakes were made, and endless recursion has a stack of thousands.
    private const int MaxExcerpts = 5;
    private const int MaxCalls = 100;
    private const int MaxParts = 10;

    /// <summary>The exception, then what caused it.</summary>
    internal static List<FailurePart> Read(Exception exception)
    {
        var parts = new List<FailurePart>();
        for (Exception? next = exception; next is not null && parts.Count < MaxParts; next = next.InnerException)
        {
            if (next is not ModuleException)
                parts.Add(ReadThrown(next));
            else if (parts.Count == 0)
                parts.Add(ReadModule(next.Message)); // its message has those of the ones inside
        }
        return parts;
    }

    private static FailurePart ReadModule(string message)
    {
        var places = CompilerError().Matches(message)
            .Select(static match => (File: match.Groups[1].Value,
                Line: int.Parse(match.Groups[2].ValueSpan, CultureInfo.InvariantCulture)));
        var excerpts = places.Distinct().Take(MaxExcerpts).Select(static place => SourceExcerpt.Read(place.File, place.Line));
        return new FailurePart("Module cannot be served", message, [.. excerpts], []);
    }

    private static FailurePart ReadThrown(Exception exception)
    {
        var stack = new StackTrace(exception, fNeedFileInfo: true).GetFrames().Take(MaxCalls).Select(Read).OfType<StackEntry>().ToList();
        var place = stack.Find(static entry => entry is { IsApp: true, File: not null });
        return new FailurePart(exception.GetType().FullName!, exception.Message,
            place is null ? [] : [SourceExcerpt.Read(place.File!, place.Line)], stack);
    }

    // The platform's own text, since it knows the names behind async methods and lambdas: "   at METHOD in FILE:line N".
    private static StackEntry? Read(StackFrame frame)
    {
        if (frame.GetMethod() is not { } called || IsHidden(called) || IsHidden(called.DeclaringType))
            return null;
        string text = new StackTrace(frame).ToString().Trim();
        int place = text.IndexOf(" in ", StringComparison.Ordinal);
        string method = (place < 0 ? text : text[..place]).Replace("at ", "", StringComparison.Ordinal);
        // But not those of scripts.
        method = AsyncStep().Replace(method, "$1");
        return new StackEntry(method, frame.GetFileName(), frame.GetFileLineNumber(), IsApp(called));
    }

    // What rethrows after an await.
    private static bool IsHidden(MemberInfo? member) => member?.IsDefined(typeof(StackTraceHiddenAttribute), inherit: false) == true;

    private static bool IsApp(MethodBase method)
    {
        var assembly = method.Module.Assembly;
        if (AssemblyLoadContext.GetLoadContext(assembly) != AssemblyLoadContext.Default)
            return true;
        return assembly != typeof(HttpServer).Assembly && assembly != typeof(Hub).Assembly && assembly != typeof(FailureReader).Assembly
            && assembly.GetName().Name is { } name && !name.StartsWith("System.", StringComparison.Ordinal)
                && !name.StartsWith("Microsoft.", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"<(\w+)>d__\d+\.MoveNext\(\)$")]
    private static partial Regex AsyncStep();

    [GeneratedRegex(@"^(.+?):(\d+):\d+: ", RegexOptions.Multiline)]
    private static partial Regex CompilerError();
}
