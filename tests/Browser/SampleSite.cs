using AsyncServer.Unit.Program;
using Microsoft.Playwright;

namespace AsyncServer.Browser;

/// <summary>
/// The sample site with a new database, and a browser for it. Tests are skipped where there is no chromium, or no driver for this
/// processor.
/// </summary>
public sealed class SampleSite : IAsyncLifetime
{
    // What Debian and Ubuntu, Google's package and GitHub's runners have.
    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly string _folder = Directory.CreateTempSubdirectory("asyncserver-browser-").FullName;
    private ServerProgram? _program;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private string? _missing;

    internal string Address { get; private set; } = "";

    /// <summary>A page of a browser without cookies.</summary>
    internal async Task<IPage> OpenAsync()
    {
        Assert.SkipWhen(_missing is not null, _missing ?? "");
        return await _browser!.NewPageAsync(new BrowserNewPageOptions { BaseURL = Address });
    }

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        string? chromium = Array.Find(Browsers, File.Exists);
        if (chromium is null)
        {
            _missing = $"There is no browser: none of {string.Join(", ", Browsers)}.";
            return;
        }
        try
        {
            _playwright = await Playwright.CreateAsync();
        }
        catch (Exception exception) when (exception is PlaywrightException or System.ComponentModel.Win32Exception)
        {
            _missing = $"The browser's driver does not start: {exception.Message}";
            return;
        }
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-dev-shm-usage"] });
        _program = ServerProgram.AsyncServer(["--bind", "127.0.0.1:0"],
            ("ASYNCSERVER_DATABASE", $"Data Source={Path.Combine(_folder, "stocks.db")}"));
        Address = $"http://127.0.0.1:{await _program.PortAsync()}";
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_program is not null)
            await _program.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
