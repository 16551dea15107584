namespace AsyncServer.Http;

/// <summary>A file or folder in a directory listing.</summary>
internal sealed record ListedEntry(string Name, bool IsDirectory, long Size, DateTimeOffset Modified);
