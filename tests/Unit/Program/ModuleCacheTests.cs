using System.Net;

namespace AsyncServer.Unit.Program;

/// <summary>The cache of compiled modules where it is damaged, cannot be written, or is from before an update.</summary>
public sealed class ModuleCacheTests : IDisposable
{
    private const int Timeout = 2 * ServerProgram.Timeout;

    private readonly ModuleSite _site = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Cached => Assert.Single(Directory.GetFiles(_site.Path("__cache__"), "page.*.dll"));

    public void Dispose() => _site.Dispose();

    // It was read again for ever, once a second, and the module was a 500 until its script was edited.
    [Theory(Timeout = Timeout)]
    [InlineData("empty")]
    [InlineData("truncated")]
    [InlineData("garbage")]
    [InlineData("zeros")]
    [InlineData("one bit")]
    public async Task CachedAssembly_Damaged_IsCompiledAnewAndReplaced(string damage)
    {
        _site.Write("page.csx", ModuleSite.Answering("page"));
        await CompileAsync();
        byte[] whole = await File.ReadAllBytesAsync(Cached, Cancellation);
        await File.WriteAllBytesAsync(Cached, Damaged(whole, damage), Cancellation);

        await using (var program = _site.Start())
        {
            using var client = await ModuleSite.ConnectAsync(program);
            Assert.Equal("page", await client.GetStringAsync("/page.py", Cancellation));
            await program.WaitForOutputAsync("Compiled page.csx");
        }
        Assert.Equal(whole.Length, new FileInfo(Cached).Length);
        await using var next = _site.Start();
        using var other = await ModuleSite.ConnectAsync(next);
        Assert.Equal("page", await other.GetStringAsync("/page.py", Cancellation));
        Assert.DoesNotContain("Compiled page.csx", next.Output, StringComparison.Ordinal);
    }

    // It was a 500 whose reason was a compile error that was none.
    [Fact(Timeout = Timeout)]
    public async Task Cache_WhereNoFolderCanBeWritten_IsInMemory()
    {
        _site.Write("page.csx", ModuleSite.Answering("1"));
        _site.Write("__cache__", ""); // files in the places of the folders: nobody can write there, not even root
        _site.Write("cache", "");
        await using var program = ServerProgram.AsyncServer(
            ["--bind", "127.0.0.1:0", "--hubs", "2", "--log-level", "Debug", "--web", _site.Web], ("XDG_CACHE_HOME", _site.Path("cache")));
        using var client = await ModuleSite.ConnectAsync(program);
        Assert.Equal("1", await client.GetStringAsync("/page.py", Cancellation));
        _site.Write("page.csx", ModuleSite.Answering("2"));
        Assert.Equal("2", await client.GetStringAsync("/page.py", Cancellation));
        _site.Write("page.csx", "int broken = ;");
        Assert.Equal("2", await client.GetStringAsync("/page.py", Cancellation));
        await program.WaitForOutputAsync("(CS1525)");
        _site.Write("page.csx", ModuleSite.Answering("3"));
        Assert.Equal("3", await client.GetStringAsync("/page.py", Cancellation));
        Assert.Equal(2, program.Output.Split("can be written: its modules are kept in memory").Length); // said once
    }

    [Fact(Timeout = Timeout)]
    public async Task CompileCommand_WhereNoFolderCanBeWritten_Fails()
    {
        _site.Write("page.csx", ModuleSite.Answering("page"));
        _site.Write("__cache__", "");
        _site.Write("cache", "");
        await using var compile = ServerProgram.AsyncServer(["compile", "--web", _site.Web], ("XDG_CACHE_HOME", _site.Path("cache")));
        Assert.Equal(1, await compile.ExitCodeAsync());
        Assert.Contains("No cache folder can be written", compile.Output, StringComparison.Ordinal);
    }

    // Only the server's own assemblies counted: what was compiled against an older Dapper was loaded with a newer one.
    [Fact(Timeout = Timeout)]
    public async Task Cache_FromBeforeAPackageWasUpdated_IsNotUsed()
    {
        _site.Write("page.csx", ModuleSite.Answering("page"));
        await CompileAsync();
        string copy = Directory.CreateDirectory(_site.Path(".program")).FullName;
        string built = Path.Combine(ServerProgram.RepositoryRoot, "src", "AsyncServer", "bin", ServerProgram.Configuration, "net10.0");
        foreach (string file in Directory.GetFiles(built))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        Assert.Contains("is compiled", await CompileAsync(copy), StringComparison.Ordinal);
        string list = Path.Combine(copy, "asyncserver.deps.json");
        string packages = await File.ReadAllTextAsync(list, Cancellation);
        int version = packages.IndexOf("Dapper/", StringComparison.Ordinal) + "Dapper/".Length;
        string dapper = packages[version..packages.IndexOf('"', version)];
        await File.WriteAllTextAsync(list, packages.Replace($"Dapper/{dapper}", "Dapper/99.0.0", StringComparison.Ordinal), Cancellation);
        Assert.DoesNotContain("is compiled", await CompileAsync(copy), StringComparison.Ordinal);
    }

    // Each request had the log print the calls inside the server.
    [Fact(Timeout = Timeout)]
    public async Task Module_WithoutApplication_IsLoggedOnceWithWhatItHasAndNeverWithAStack()
    {
        _site.Write("lib.csx", "string Shared() => \"x\";");
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        string id = "";
        for (int i = 0; i < 3; i++)
        {
            using var answer = await client.GetAsync("/lib.py", Cancellation);
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            id = Assert.Single(answer.Headers.GetValues("X-Request-Id"));
        }
        await program.WaitForOutputAsync(id); // each request can be found in it
        Assert.Equal(2, program.Output.Split("it has no function 'application'; what it has: Shared").Length);
        Assert.DoesNotContain("   at ", program.Output, StringComparison.Ordinal);
    }

    private static byte[] Damaged(byte[] whole, string damage)
    {
        if (damage == "one bit")
            whole = [.. whole[..^100], (byte)(whole[^100] ^ 1), .. whole[^99..]];
        return damage switch
        {
            "empty" => [],
            "truncated" => whole[..(whole.Length / 2)],
            "garbage" => "no assembly at all, and longer than the hash that stands behind one"u8.ToArray(),
            "zeros" => new byte[whole.Length],
            _ => whole,
        };
    }

    private async Task<string> CompileAsync(string? program = null)
    {
        await using var compile = program is null
            ? ServerProgram.AsyncServer("compile", "--web", _site.Web)
            : ServerProgram.Command("dotnet", program, [Path.Combine(program, "asyncserver.dll"), "compile", "--web", _site.Web]);
        await compile.ExitCodeAsync();
        Assert.Equal("", compile.Errors);
        return compile.Output;
    }
}
