namespace AsyncServer.Fuzz;

/// <summary>What a client does once it has sent its bytes.</summary>
internal enum FuzzEnd
{
    /// <summary>It shuts its sending side, and reads to the end.</summary>
    HalfClose,

    /// <summary>Where its messages are whole, it reads their answers and asks once more, on the same connection.</summary>
    AskAgain,

    /// <summary>It says nothing more: a deadline of the server has to end the connection.</summary>
    Wait,

    /// <summary>It resets the connection without reading.</summary>
    Reset,
}
