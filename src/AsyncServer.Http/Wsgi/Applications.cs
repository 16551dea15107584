using System.Reflection;

namespace AsyncServer.Http;

/// <summary>Makes applications of functions that return something which <see cref="Body"/> converts from, or a task of it.</summary>
public static class Applications
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Static;

    /// <summary>An application of a function.</summary>
    /// <typeparam name="TBody">
    /// <see cref="Body"/>, text, bytes, a stream, a <see cref="FileInfo"/>, an <see cref="IEnumerable{T}"/> or
    /// <see cref="IAsyncEnumerable{T}"/> of texts or bytes, <see cref="object"/> that is one of these, or a <see cref="Task{TResult}"/> or
    /// <see cref="ValueTask{TResult}"/> of them.
    /// </typeparam>
    /// <exception cref="ArgumentException">The function returns something else.</exception>
    public static Application From<TBody>(Func<Environ, StartResponse, TBody> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        var convert = Conversion<TBody>();
        return (environ, startResponse) => convert(function(environ, startResponse));
    }

    /// <summary>An application of a function whose type is known at run time alone, such as one of a loaded module.</summary>
    /// <param name="function">
    /// Takes an <see cref="Environ"/> and a <see cref="StartResponse"/>; returns as <see cref="From{TBody}"/> says.
    /// </param>
    /// <exception cref="ArgumentException">The function has another shape.</exception>
    public static Application From(Delegate function)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (function is Application application)
            return application;
        var invoke = function.GetType().GetMethod("Invoke")!;
        if (!invoke.GetParameters().Select(static parameter => parameter.ParameterType)
            .SequenceEqual([typeof(Environ), typeof(StartResponse)]))
            throw new ArgumentException($"An application takes (Environ, StartResponse); {Describe(function.Method)} does not.",
                nameof(function));
        CheckReturns(invoke.ReturnType);
        var typed = Delegate.CreateDelegate(typeof(Func<,,>).MakeGenericType(typeof(Environ), typeof(StartResponse), invoke.ReturnType),
            function, "Invoke");
        return (Application)typeof(Applications).GetMethod(nameof(FromTyped), Hidden)!.MakeGenericMethod(invoke.ReturnType)
            .Invoke(null, [typed])!;
    }

    private static Application FromTyped<TBody>(Func<Environ, StartResponse, TBody> function) => From(function);

    private static Func<TResult, ValueTask<Body>> Conversion<TResult>()
    {
        CheckReturns(typeof(TResult));
        object conversion = Awaited(typeof(TResult)) is { } awaited
            ? typeof(Applications).GetMethod(IsTask(typeof(TResult)) ? nameof(FromTask) : nameof(FromValueTask), Hidden)!
                .MakeGenericMethod(awaited).CreateDelegate<Func<TResult, ValueTask<Body>>>()
            : typeof(TResult) == typeof(Body)
                ? (Func<Body, ValueTask<Body>>)(static body => new ValueTask<Body>(body))
                : (Func<TResult, ValueTask<Body>>)(static value => new ValueTask<Body>(Body.FromValue(value)));
        return (Func<TResult, ValueTask<Body>>)conversion;
    }

    private static async ValueTask<Body> FromTask<T>(Task<T> task) => Body.FromValue(await task);

    private static async ValueTask<Body> FromValueTask<T>(ValueTask<T> task) => Body.FromValue(await task);

    private static void CheckReturns(Type type)
    {
        var content = Awaited(type) ?? type;
        if (!IsBody(content))
            throw new ArgumentException(
                $"An application returns a body: text, bytes, a stream, a file, or a sequence of texts or bytes; {content} is none of "
                + "these.");
    }

    private static bool IsBody(Type type) =>
        type == typeof(Body) || type == typeof(object) || type == typeof(string) || type == typeof(byte[])
        || type == typeof(ReadOnlyMemory<byte>) || type == typeof(Memory<byte>)
        || type.IsAssignableTo(typeof(Stream)) || type.IsAssignableTo(typeof(FileInfo))
        || type.IsAssignableTo(typeof(IEnumerable<string>)) || type.IsAssignableTo(typeof(IAsyncEnumerable<string>))
        || type.IsAssignableTo(typeof(IEnumerable<byte[]>)) || type.IsAssignableTo(typeof(IAsyncEnumerable<byte[]>))
        || type.IsAssignableTo(typeof(IEnumerable<ReadOnlyMemory<byte>>))
            || type.IsAssignableTo(typeof(IAsyncEnumerable<ReadOnlyMemory<byte>>));

    private static Type? Awaited(Type type) =>
        IsTask(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>)) ? type.GetGenericArguments()[0]
            : null;

    private static bool IsTask(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Task<>);

    private static string Describe(MethodInfo method) =>
        $"{method.Name}({string.Join(", ", method.GetParameters().Select(static parameter => parameter.ParameterType.Name))})";
}
