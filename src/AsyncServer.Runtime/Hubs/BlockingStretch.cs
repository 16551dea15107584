namespace AsyncServer.Runtime;

/// <summary>A time in which a hub ran one piece of code without an await, so that nothing else on it could run.</summary>
/// <param name="Holder">Who held the hub: a coroutine's name and place of origin, and what it is about.</param>
/// <param name="Duration">
/// How long; while it lasts, how long so far. Noticed late, it may have lasted a part of the threshold longer.
/// </param>
/// <param name="NoticedAt">The time of day, by the hub's clock, at which it passed the threshold.</param>
public sealed record BlockingStretch(string Holder, TimeSpan Duration, DateTimeOffset NoticedAt);
