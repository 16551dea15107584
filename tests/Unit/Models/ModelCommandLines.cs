namespace AsyncServer.Unit.Models;

/// <summary>The ways to drive the program, each with the flags that choose it. What is tested of models runs over all of them.</summary>
internal static class ModelCommandLines
{
    internal static TheoryData<string> All { get; } =
    [
        "--model coroutine",
        "--model coroutine --epoll-trigger level",
        "--model epoll",
        "--model epoll --epoll-trigger level",
        "--model poll",
        "--model select",
        "--model sweep",
        "--model threads",
        "--model processes",
        "--model sequential",
    ];
}
