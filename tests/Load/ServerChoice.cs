namespace AsyncServer.Load;

/// <summary>Which server is put under load. With neither, the asyncserver program of this repository is started.</summary>
/// <param name="Running">Where one runs already.</param>
/// <param name="Command">The line that starts another one, with {port} where the port goes.</param>
internal sealed record ServerChoice(Uri? Running, string? Command)
{
    /// <summary>Whether the scenarios start our program, and so may choose its options and its files.</summary>
    public bool IsOurs => Running is null && Command is null;
}
