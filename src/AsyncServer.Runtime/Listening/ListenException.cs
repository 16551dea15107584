using System.Net;

namespace AsyncServer.Runtime;

/// <summary>A server cannot listen on an address. The message names the address and the reason.</summary>
public sealed class ListenException : IOException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="endPoint">The address.</param>
    /// <param name="reason">The system's reason.</param>
    public ListenException(EndPoint endPoint, Exception reason) : base($"Cannot listen on {endPoint}: {reason?.Message}", reason) =>
        EndPoint = endPoint;

    /// <summary>The address that could not be opened.</summary>
    public EndPoint EndPoint { get; }
}
