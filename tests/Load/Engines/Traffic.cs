namespace AsyncServer.Load;

/// <summary>One kind of request, asked again and again.</summary>
/// <param name="Name">What reports call it.</param>
/// <param name="Once">
/// Asks once and checks the answer, on the clients' hub; returns the bytes received. It throws <see cref="IOException"/>,
/// <see cref="InvalidDataException"/> or <see cref="TimeoutException"/> when the answer is lost or wrong.
/// </param>
/// <param name="Simulations">How the requests are spread, one after the other.</param>
internal sealed record Traffic(string Name, Func<Task<long>> Once, params LoadSimulation[] Simulations)
{
    /// <summary>Whether a failure means that the server answered wrongly, not at all, or too late.</summary>
    public static bool IsFailedAnswer(Exception failure) => failure is IOException or InvalidDataException or TimeoutException;

    /// <summary>How the requests are spread, in a few words.</summary>
    public string Shape => string.Join(", ", Simulations.Select(simulation => simulation.Text));
}
