using System.Threading.Tasks.Sources;

namespace AsyncServer.Runtime;

/// <summary>A continuation that runs in the execution context in which its wait began.</summary>
internal sealed record ContextContinuation(ExecutionContext Context, Action<object?> Continuation, object? State)
{
    private static readonly Action<object?> Run = static boxed =>
    {
        var self = (ContextContinuation)boxed!;
        ExecutionContext.Run(self.Context, static inner =>
        {
            var continuation = (ContextContinuation)inner!;
            continuation.Continuation(continuation.State);
        }, self);
    };

    /// <summary>Wraps a continuation if who awaits asks for that; async methods do it themselves and do not.</summary>
    internal static void Flow(ref Action<object?> continuation, ref object? state, ValueTaskSourceOnCompletedFlags flags)
    {
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 && ExecutionContext.Capture() is { } context)
            (continuation, state) = (Run, new ContextContinuation(context, continuation, state));
    }
}
