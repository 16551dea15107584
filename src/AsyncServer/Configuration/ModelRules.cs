using AsyncServer.Http;
using AsyncServer.Runtime;

namespace AsyncServer.Configuration;

/// <summary>Settings that mean nothing to the model that was chosen: a mistake, since nobody would see that they do nothing.</summary>
internal static class ModelRules
{
    /// <returns>What is wrong, a line each, with where it was set.</returns>
    internal static IEnumerable<string> Check(EffectiveSettings settings)
    {
        var model = settings.Get(Settings.Model);
        string name = model.ToString().ToLowerInvariant();
        if (model != ServerModel.Coroutine && settings.Get(Settings.Hubs) > 1)
            yield return $"{settings.OriginOf(Settings.Hubs)}: the model {name} has one hub, not {settings.Get(Settings.Hubs)}; more "
                + "hubs are the model coroutine's.";
        if (model is not (ServerModel.Coroutine or ServerModel.Epoll) && settings.IsSet(Settings.EpollTrigger))
            yield return $"{settings.OriginOf(Settings.EpollTrigger)}: the model {name} does not use epoll.";
        if (model != ServerModel.Coroutine && settings.Get(Settings.Transport) == TransportKind.Sockets)
            yield return $"{settings.OriginOf(Settings.Transport)}: the model {name} polls descriptors itself, which the transport "
                + "sockets does not have.";
        if (settings.IsSet(Settings.EpollTrigger) && settings.Get(Settings.Transport) == TransportKind.Sockets)
            yield return $"{settings.OriginOf(Settings.EpollTrigger)}: the transport sockets does not use epoll.";
        if (model != ServerModel.Threads && settings.IsSet(Settings.ThreadStackSize))
            yield return $"{settings.OriginOf(Settings.ThreadStackSize)}: the model {name} has no thread for each connection.";
    }
}
