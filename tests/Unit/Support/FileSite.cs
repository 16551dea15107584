using System.Diagnostics;
using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Unit.Support;

/// <summary>
/// A temporary folder with a document root in it, and a wire server of its files. Ending it checks that no file of it is open.
/// </summary>
internal sealed class FileSite : IAsyncDisposable
{
    internal static readonly DateTimeOffset Modified = new(2026, 3, 1, 10, 20, 30, TimeSpan.Zero);
    internal const string ModifiedText = "Sun, 01 Mar 2026 10:20:30 GMT";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("asyncserver-files-");

    /// <param name="map">Adds routes.</param>
    /// <param name="files">Options; pages that they name are written first.</param>
    internal FileSite(Action<RouteTable>? map = null, StaticFileOptions? files = null)
    {
        Root = Path.Combine(_folder.FullName, "root");
        Directory.CreateDirectory(Root);
        foreach (string page in files is null ? [] : files.ErrorPages.Except(new StaticFileOptions().ErrorPages)
            .Select(static page => page.Value).Append(files.SinglePage).OfType<string>())
            Write(page.TrimStart('/'), "page " + page);
        Server = new WireServer(map, root: Root, files: files);
    }

    /// <summary>The document root; its parent folder belongs to the test too.</summary>
    internal string Root { get; }

    internal WireServer Server { get; }

    /// <summary>Writes a file; names are relative to the root.</summary>
    internal string Write(string name, string content) => Write(name, Encoding.UTF8.GetBytes(content));

    internal string Write(string name, byte[] content)
    {
        string path = Path.GetFullPath(Path.Combine(Root, name));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        File.SetLastWriteTimeUtc(path, Modified.UtcDateTime);
        return path;
    }

    /// <summary>Puts a new file in the place of an old one, as deployments do.</summary>
    internal void Replace(string name, string content) =>
        File.Move(Write(name + ".new", content), Path.Combine(Root, name), overwrite: true);

    internal void Link(string name, string target) => File.CreateSymbolicLink(Path.Combine(Root, name), target);

    internal async Task MakeFifoAsync(string name)
    {
        using var process = Process.Start("mkfifo", [Path.Combine(Root, name)]);
        await process.WaitForExitAsync(Server.Cancellation);
        Assert.Equal(0, process.ExitCode);
    }

    internal Task<WireResponse> GetAsync(string target, params string[] headers) => SendAsync("GET", target, headers);

    /// <summary>One request on a connection of its own.</summary>
    internal async Task<WireResponse> SendAsync(string method, string target, params string[] headers)
    {
        string lines = string.Concat(headers.Select(header => header + "\r\n"));
        return WireResponse.Parse(await Server.ExchangeAsync($"{method} {target} HTTP/1.1\r\nHost: a\r\n{lines}\r\n"));
    }

    /// <summary>What this process holds open in the folder.</summary>
    internal IReadOnlyList<string> OpenFiles() => [.. Directory.EnumerateFiles("/proc/self/fd")
        .Select(link => new FileInfo(link).LinkTarget ?? "")
        .Where(target => target.StartsWith(_folder.FullName, StringComparison.Ordinal))];

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        Assert.Empty(OpenFiles());
        _folder.Delete(recursive: true);
    }
}
