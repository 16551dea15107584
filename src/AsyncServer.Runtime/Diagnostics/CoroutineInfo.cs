namespace AsyncServer.Runtime;

/// <summary>What a coroutine does.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Text">Its name, number, place of origin and subject.</param>
/// <param name="WaitsFor">What it waits for; several things where it has several waits under way, empty when it is ready to run.</param>
/// <param name="Since">How long ago it last ran.</param>
/// <param name="Children">The members of its group.</param>
public sealed record CoroutineInfo(long Id, string Text, IReadOnlyList<string> WaitsFor, TimeSpan Since,
    IReadOnlyList<CoroutineInfo> Children);
