namespace AsyncServer.Modules;

/// <summary>Script modules cannot be served as they are; the message says why, in words for who wrote them.</summary>
internal sealed class ModuleException : Exception
{
    public ModuleException() { }

    public ModuleException(string message) : base(message) { }

    public ModuleException(string message, Exception? innerException) : base(message, innerException) { }

    /// <summary>What the log says of each request that meets it, where it has the message already.</summary>
    internal string? Reminder { get; init; }

    /// <summary>Without the calls of the server unless it is all that the log gets: they say nothing to who wrote the module.</summary>
    public override string ToString() => Reminder ?? base.ToString();
}
