namespace AsyncServer.Load;

/// <summary>What the server's process held at one moment.</summary>
/// <param name="At">The moment, from the start of the scenario.</param>
/// <param name="ResidentBytes">Memory of its own, in bytes.</param>
/// <param name="Descriptors">Open descriptors.</param>
internal sealed record ServerSample(TimeSpan At, long ResidentBytes, int Descriptors);
