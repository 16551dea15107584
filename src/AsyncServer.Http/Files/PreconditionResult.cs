namespace AsyncServer.Http;

/// <summary>What a request's preconditions come to.</summary>
internal enum PreconditionResult
{
    /// <summary>Answer as if there were none.</summary>
    Proceed,

    /// <summary>304: the client has this version.</summary>
    NotModified,

    /// <summary>412: the client meant another version.</summary>
    Failed,
}
