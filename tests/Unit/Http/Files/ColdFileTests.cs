using System.Diagnostics;
using AsyncServer.Runtime;
using AsyncServer.Unit.Support;

namespace AsyncServer.Unit.Http.Files;

/// <summary>Files that the disk has and the memory has not: the answer is the same, and the hub does not wait for it.</summary>
public sealed class ColdFileTests
{
    [Theory]
    [InlineData(5_000)]
    [InlineData(1_500_000)]
    public async Task Get_FileNotInMemory_SendsItWhole(int size)
    {
        await using var site = new FileSite();
        string content = string.Concat(Enumerable.Range(0, size / 10).Select(i => $"line {i:D4}\n"))[..size];
        await DropFromMemoryAsync(site, site.Write("cold.txt", content));
        Assert.Equal(content, (await site.GetAsync("/cold.txt")).Body);
        Assert.Equal(content, (await site.GetAsync("/cold.txt")).Body);
    }

    [Fact]
    public async Task Has_TellsWhatIsInMemoryAndLoadBringsItThere()
    {
        await using var site = new FileSite();
        string path = site.Write("cold.bin", new byte[300_000]);
        await DropFromMemoryAsync(site, path);
        using var file = File.OpenHandle(path);
        if (FileMemory.Has(file, 0, 300_000))
            Assert.Skip("This file system keeps everything in memory.");
        await FileMemory.LoadAsync(file, 0, 300_000);
        Assert.True(FileMemory.Has(file, 0, 300_000));
        Assert.True(FileMemory.Has(file, 300_000, 5));
        Assert.False(FileMemory.Load(file, 299_999, 5));
    }

    private static async Task DropFromMemoryAsync(FileSite site, string path)
    {
        // dd knows how to tell the system that a file is not needed any more; what was not written yet stays.
        foreach (string[] arguments in new[] { [$"of={path}", "count=0", "conv=notrunc,fdatasync"],
            new[] { $"if={path}", "iflag=nocache", "count=0" } })
        {
            using var process = Process.Start(new ProcessStartInfo("dd", arguments) { RedirectStandardError = true })!;
            await process.WaitForExitAsync(site.Server.Cancellation);
        }
    }
}
