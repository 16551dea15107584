namespace AsyncServer.Load;

/// <summary>A file that goes out by sendfile, in a folder of the scenario's own; its bytes are the same in each run.</summary>
internal static class LargeFile
{
    public const string Path = "/large.bin";

    /// <summary>More than the buffers of both sockets take, so that it cannot leave in one go.</summary>
    public const int Size = 8 * 1024 * 1024;

    public static async Task<Expected> CreateAsync(Target target, CancellationToken cancellation)
    {
        byte[] content = new byte[Size];
        new Random(Size).NextBytes(content);
        await File.WriteAllBytesAsync(target.Folder + Path, content, cancellation);
        return new Expected(200, content);
    }
}
