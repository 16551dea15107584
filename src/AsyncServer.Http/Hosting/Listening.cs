using System.Net;
using System.Net.Sockets;
using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Opens the listening sockets of a server: all of them, or none.</summary>
internal static class Listening
{
    /// <exception cref="ListenException">One could not be opened; the others are closed again.</exception>
    internal static List<Socket> Open(HttpServerOptions options)
    {
        var sockets = new List<Socket>();
        try
        {
            if (options.EndPoints.Count == 0)
                sockets.Add(OpenDefault(options));
            foreach (var endPoint in options.EndPoints)
                sockets.Add(Open(endPoint, options));
            return sockets;
        }
        catch
        {
            sockets.ForEach(static socket => socket.Dispose());
            throw;
        }
    }

    private static Socket OpenDefault(HttpServerOptions options)
    {
        try
        {
            return Open(new IPEndPoint(IPAddress.IPv6Any, options.Port), options);
        }
        catch (ListenException exception) when (
            exception.InnerException is SocketException { SocketErrorCode: SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable })
        {
            return Open(new IPEndPoint(IPAddress.Any, options.Port), options); // IPv6 is switched off
        }
    }

    /// <exception cref="ListenException">It could not be opened.</exception>
    internal static Socket Open(EndPoint endPoint, HttpServerOptions options)
    {
        try
        {
            return SocketListener.Bind(endPoint, options.Backlog, options.UnixSocketMode);
        }
        catch (Exception exception) when (exception is SocketException or IOException or UnauthorizedAccessException)
        {
            throw new ListenException(endPoint, exception);
        }
    }
}
