namespace AsyncServer.Http;

/// <summary>Which of the headers that make a request conditional, or ask for a part, it has.</summary>
[Flags]
internal enum Conditions
{
    None = 0,
    IfMatch = 1,
    IfUnmodifiedSince = 2,
    IfNoneMatch = 4,
    IfModifiedSince = 8,
    Range = 16,
    IfRange = 32,
}
