namespace AsyncServer.Runtime;

/// <summary>What a hub was found doing.</summary>
public enum HubState
{
    /// <summary>It waited for input, time or work.</summary>
    Sleeping,

    /// <summary>It worked, and answered.</summary>
    Running,

    /// <summary>It did not answer: a piece of code without an await holds it.</summary>
    Hanging,
}
