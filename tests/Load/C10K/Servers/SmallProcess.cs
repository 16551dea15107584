namespace AsyncServer.Load;

/// <summary>How a process of .NET stays small where many share a machine.</summary>
internal static class SmallProcess
{
    /// <summary>Environment variables; the runtime reads numbers as hexadecimal.</summary>
    public static IReadOnlyDictionary<string, string> Variables { get; } = new Dictionary<string, string>
    {
        ["DOTNET_gcServer"] = "0",
        ["DOTNET_gcConcurrent"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_GCgen0size"] = "400000", // 4 MB, where the default goes by the processor's cache
    };
}
