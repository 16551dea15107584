namespace AsyncServer.Fuzz;

/// <summary>What the command line asks for.</summary>
/// <param name="Seconds">How long to make cases.</param>
/// <param name="Seed">The same seed makes the same cases in the same order.</param>
/// <param name="First">The number of the first case.</param>
/// <param name="Connections">Conversations at a time.</param>
/// <param name="Target">A server that runs already; null starts ours.</param>
/// <param name="Output">Where the file of a case that failed goes.</param>
internal sealed record FuzzOptions(int Seconds, int Seed, int First, int Connections, Uri? Target, string Output);
