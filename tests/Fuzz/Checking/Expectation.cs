namespace AsyncServer.Fuzz;

/// <summary>What the parser says that one message is, when it sees all the bytes at once.</summary>
internal enum MessageKind
{
    /// <summary>A request with its whole body.</summary>
    Whole,

    /// <summary>No request: answered with the status, without the app.</summary>
    Refused,

    /// <summary>A request whose body turns out malformed or too large: the app hears of it if it reads so far.</summary>
    BrokenBody,

    /// <summary>A request whose body did not come to its end.</summary>
    CutBody,

    /// <summary>A part of a head.</summary>
    CutHead,
}

/// <summary>What is expected for one message.</summary>
internal sealed record Expectation(MessageKind Kind)
{
    /// <summary>Of a refusal, or of a body that is broken.</summary>
    internal int Status { get; init; }

    internal string Method { get; init; } = "";

    /// <summary>What <see cref="EchoSite"/> says to it; null where no app is asked.</summary>
    internal string? Echo { get; init; }

    internal bool IsStreamed { get; init; }

    /// <summary>Whether the app reads the whole body.</summary>
    internal bool ReadsAll { get; init; }

    internal bool HasBody { get; init; }

    internal bool MayContinue { get; init; }

    /// <summary>Whether the client lets the connection live.</summary>
    internal bool KeepAlive { get; init; }

    internal bool IsOld { get; init; }

    /// <summary>Whether nothing but the message itself may be a reason to end the connection after its answer.</summary>
    internal bool MayClose => Kind != MessageKind.Whole || !KeepAlive || (IsOld && IsStreamed) || (HasBody && !ReadsAll);
}
