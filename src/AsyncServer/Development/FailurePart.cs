namespace AsyncServer.Development;

/// <summary>One exception of those that caused each other.</summary>
/// <param name="Title">Its type, or what it is in words.</param>
/// <param name="Message">What it says.</param>
/// <param name="Excerpts">The sources of the places that it names.</param>
/// <param name="Stack">Where it was thrown, the innermost call first.</param>
internal sealed record FailurePart(string Title, string Message, IReadOnlyList<SourceExcerpt> Excerpts, IReadOnlyList<StackEntry> Stack);
