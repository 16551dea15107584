using System.Net;

namespace AsyncServer.Runtime;

/// <summary>
/// Hears of what goes wrong on hubs. Members are called on hub threads unless they say otherwise, must return soon and must not throw.
/// </summary>
public interface IHubObserver
{
    /// <summary>A coroutine ended with an exception that nobody awaits. It is reported once; the process lives.</summary>
    /// <param name="coroutine">The coroutine, or null for a callback that ran outside of any.</param>
    /// <param name="exception">What it threw.</param>
    void CoroutineFailed(Coroutine? coroutine, Exception exception);

    /// <summary>A coroutine was killed and has not ended within the grace. It is given up, and may go on for ever.</summary>
    /// <param name="coroutine">The coroutine.</param>
    /// <param name="grace">How long it was given.</param>
    void CoroutineAbandoned(Coroutine coroutine, TimeSpan grace);

    /// <summary>Accepting pauses since the process ran short of something. At most once a second for each listener.</summary>
    /// <param name="endPoint">The listener's address.</param>
    /// <param name="reason">The system's words for it.</param>
    /// <param name="pause">How long until the next try.</param>
    void AcceptPaused(EndPoint? endPoint, string reason, TimeSpan pause);

    /// <summary>
    /// A piece of code has held a hub for longer than <see cref="HubOptions.BlockingThreshold"/> without an await, and still does: nothing
    /// else on it can run. Once for each such stretch, at most once a second for each hub, and not on the hub's thread.
    /// </summary>
    /// <param name="hub">The hub.</param>
    /// <param name="stretch">Who holds it, and how long so far.</param>
    void HubBlocked(Hub hub, BlockingStretch stretch);

    /// <summary>
    /// What <see cref="HubBlocked"/> told of is over: the hub runs again. Once for each stretch that was told of, on the hub's thread or
    /// another, which may be ahead of the one that tells of the beginning. It may be left out.
    /// </summary>
    /// <param name="hub">The hub.</param>
    /// <param name="stretch">Who held it, and for how long in all.</param>
    void HubFreed(Hub hub, BlockingStretch stretch)
    {
    }
}
