namespace AsyncServer.Load;

/// <summary>Something that must hold for a scenario to pass.</summary>
/// <param name="What">With the figures, as a person reads it.</param>
/// <param name="Holds">Whether it does.</param>
internal sealed record Check(string What, bool Holds);
