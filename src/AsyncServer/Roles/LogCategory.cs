namespace AsyncServer.Roles;

/// <summary>What log lines are filed under.</summary>
internal static class LogCategory
{
    internal const string Workers = "AsyncServer.Workers";
}
