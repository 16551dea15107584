using System.Net.Sockets;
using System.Text;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Runtime.Files;

/// <summary>
/// The older ways, on a system that is told to lack the newer ones. The switches are the process's: nothing else runs beside.
/// </summary>
[Collection(Descriptors.Name)]
public sealed class MissingCallsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-missing-");

    public void Dispose()
    {
        MissingCalls.StatX = MissingCalls.SendFile = MissingCalls.ReadWithoutWaiting = false;
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void StatX_Missing_TellsTheSame()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "a.txt"), "content");
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "dir"));
        using var root = new RootDirectory(_folder.FullName);
        var now = Facts(root);
        MissingCalls.StatX = true;
        var old = Facts(root);
        // The device's number has another form; it only ever is compared with itself.
        Assert.Equal(now.Select(static facts => facts with { Device = 0 }), old.Select(static facts => facts with { Device = 0 }));
        Assert.Equal(FileStatus.NotFound, root.Stat("missing\0"u8, out _));
        Assert.Equal(FileStatus.NotFound, root.Open("../\0"u8, out _));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200_000)]
    public async Task SendFile_Missing_SendsEveryByte(int size)
    {
        byte[] content = new byte[size];
        new Random(size).NextBytes(content);
        string path = Path.Combine(_folder.FullName, "a.bin");
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        MissingCalls.SendFile = true;
        Assert.Equal(content, await SendAsync(path, size));
    }

    [Fact]
    public async Task SendFile_Missing_TellsWhereTheFileEnds()
    {
        string path = Path.Combine(_folder.FullName, "a.txt");
        await File.WriteAllTextAsync(path, "short", TestContext.Current.CancellationToken);
        MissingCalls.SendFile = true;
        Assert.Equal("short", Encoding.ASCII.GetString(await SendAsync(path, 100)));
    }

    [Fact]
    public void ReadWithoutWaiting_Missing_TakesFilesForWarm()
    {
        string path = Path.Combine(_folder.FullName, "a.txt");
        File.WriteAllText(path, "content");
        MissingCalls.ReadWithoutWaiting = true;
        using var file = File.OpenHandle(path);
        Assert.True(FileMemory.Has(file, 0, 7));
    }

    [Fact]
    public async Task Site_WithoutAnyOfThem_IsServed()
    {
        MissingCalls.StatX = MissingCalls.SendFile = MissingCalls.ReadWithoutWaiting = true;
        await using var site = new FileSite();
        site.Write("a.txt", "small");
        site.Write("large", new string('x', 100_000));
        Assert.Equal("small", (await site.GetAsync("/a.txt")).Body);
        Assert.Equal("small", (await site.GetAsync("/a.txt")).Body);
        Assert.Equal(100_000, (await site.GetAsync("/large")).Body.Length);
        site.Replace("a.txt", "other");
        Assert.Equal("other", (await site.GetAsync("/a.txt")).Body);
    }

    private static FileFacts[] Facts(RootDirectory root)
    {
        Assert.Equal(FileStatus.Found, root.Stat("a.txt\0"u8, out var byPath));
        Assert.Equal(FileStatus.Found, root.Stat("dir\0"u8, out var directory));
        Assert.Equal(FileStatus.Found, root.Open("a.txt\0"u8, out var file));
        using (file)
            return [byPath, directory, file!.Facts, file.ReadFacts()];
    }

    /// <summary>What a client receives when a connection sends so much of a file and closes.</summary>
    private static async Task<byte[]> SendAsync(string path, int count)
    {
        using var file = File.OpenHandle(path);
        await using var server = await SocketServer.StartAsync(async connection =>
        {
            for (int sent = 0; sent < count;)
            {
                var result = connection.SendFile(file, sent, count - sent);
                sent += result.Count;
                if (result.Status == TransferStatus.WouldBlock)
                    await connection.WaitWritableAsync();
                else if (result.Status != TransferStatus.Done)
                    break;
            }
            connection.Close();
        });
        var client = server.Connect();
        using var received = new MemoryStream();
        using var stream = new NetworkStream(client);
        await stream.CopyToAsync(received, TestContext.Current.CancellationToken);
        return received.ToArray();
    }
}
