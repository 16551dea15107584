namespace AsyncServer.Harness;

/// <summary>What a run needs is missing or did not start. The message is for the person at the terminal.</summary>
internal sealed class SetupException(string message) : Exception(message);
