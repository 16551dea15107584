using System.Net;
using AsyncServer.Http;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Configuration;

/// <summary>What the settings mean to <see cref="HttpServer"/>.</summary>
internal static class ServerSettings
{
    internal static HttpServerOptions ToOptions(EffectiveSettings settings, ILoggerFactory logging) => new()
    {
        Port = settings.Get(Settings.Port),
        EndPoints = [.. settings.GetAll(Settings.Bind).Cast<IPEndPoint>()],
        Root = settings.GetPath(Settings.Root),
        Hubs = settings.Get(Settings.Hubs),
        Backlog = settings.Get(Settings.Backlog),
        ShutdownTimeout = settings.Get(Settings.ShutdownTimeout),
        SendServerHeader = !settings.Get(Settings.NoServerHeader),
        LoggerFactory = logging,
        Limits = new HttpLimits
        {
            MaxRequestLineSize = settings.Get(Settings.MaxRequestLineSize),
            MaxRequestHeadersTotalSize = settings.Get(Settings.MaxHeadersSize),
            MaxRequestHeaderCount = settings.Get(Settings.MaxHeaderCount),
            MaxRequestBodySize = settings.Get(Settings.MaxBodySize),
            MaxConnections = settings.Get(Settings.MaxConnections),
            MaxRequestsPerConnection = settings.Get(Settings.MaxRequestsPerConnection),
            ReceiveTimeout = settings.Get(Settings.ReceiveTimeout),
            KeepAliveTimeout = settings.Get(Settings.KeepAliveTimeout),
            RequestHeadersTimeout = settings.Get(Settings.HeadersTimeout),
            RequestBodyTimeout = settings.Get(Settings.BodyTimeout),
            SendTimeout = settings.Get(Settings.SendTimeout),
            RequestTimeout = settings.Get(Settings.RequestTimeout),
        },
    };
}
