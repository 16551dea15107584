namespace AsyncServer.Runtime;

/// <summary>One report of a poller.</summary>
/// <param name="Token">The token that the descriptor was added with.</param>
/// <param name="Events">What happened to it.</param>
public readonly record struct PollEvent(long Token, PollEvents Events);
