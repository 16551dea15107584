namespace AsyncServer.Modules;

/// <summary>Script modules cannot be served as they are; the message says why, in words for who wrote them.</summary>
internal sealed class ModuleException : Exception
{
    public ModuleException() { }

    public ModuleException(string message) : base(message) { }

    public ModuleException(string message, Exception? innerException) : base(message, innerException) { }
}
