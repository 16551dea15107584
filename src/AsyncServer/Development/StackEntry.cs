namespace AsyncServer.Development;

/// <summary>One call of a stack.</summary>
/// <param name="Method">With its parameters, as stack traces write it.</param>
/// <param name="File">The source's path; null where it is not known.</param>
/// <param name="Line">Counted from 1.</param>
/// <param name="IsApp">Whether it is the app's, not the server's or the platform's.</param>
internal sealed record StackEntry(string Method, string? File, int Line, bool IsApp);
