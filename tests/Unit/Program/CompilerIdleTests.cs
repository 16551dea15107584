namespace AsyncServer.Unit.Program;

/// <summary>In a class of its own, so that the others do not wait for it: it takes half a minute of real time.</summary>
public sealed class CompilerIdleTests : IDisposable
{
    private readonly ModuleSite _site = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _site.Dispose();

    [Fact(Timeout = 4 * ServerProgram.Timeout)]
    public async Task Compiler_WithoutWork_EndsAndTheNextModuleGetsAnother()
    {
        await using var program = _site.Start();
        using var client = await ModuleSite.ConnectAsync(program);
        _site.Write("first.csx", ModuleSite.Answering("first"));
        Assert.Equal("first", await client.GetStringAsync("/first.py", Cancellation));
        int compiler = await ModuleSite.CompilerAsync(program);
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (Directory.Exists($"/proc/{compiler}")) // until the server has taken note of its end as well
            await pause.WaitForNextTickAsync(Cancellation);
        Assert.Equal("first", await client.GetStringAsync("/first.py", Cancellation));

        _site.Write("second.csx", ModuleSite.Answering("second"));
        Assert.Equal("second", await client.GetStringAsync("/second.py", Cancellation));
        Assert.Equal(2, ModuleSite.CompilerStarts(program));
    }
}
