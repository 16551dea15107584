using System.Security.Cryptography;
using Microsoft.Playwright;

namespace AsyncServer.Browser;

public sealed class SampleSiteTests(SampleSite site) : IClassFixture<SampleSite>
{
    // Script modules are compiled when they are first asked for.
    private const int Timeout = 120_000;

    [Fact(Timeout = Timeout)]
    public async Task Site_AllItsLinks_LeadToPagesWithoutErrors()
    {
        var page = await site.OpenAsync();
        var errors = new List<string>();
        page.Console += (_, message) => Note(message.Type == "error", $"{page.Url}: {message.Text}");
        page.PageError += (_, error) => Note(true, $"{page.Url}: {error}");
        page.Response += (_, response) => Note(response.Status >= 400, $"{page.Url}: {response.Status} {response.Url}");
        var seen = new HashSet<string>();
        var waiting = new Queue<string>(["/"]);
        while (waiting.TryDequeue(out string? next))
        {
            string address = new Uri(new Uri(site.Address), next).GetLeftPart(UriPartial.Query);
            if (!address.StartsWith(site.Address + "/", StringComparison.Ordinal) || !seen.Add(address))
                continue;
            await page.GotoAsync(address);
            foreach (string link in await page.EvalOnSelectorAllAsync<string[]>("a[href]", "links => links.map(link => link.href)"))
                waiting.Enqueue(link);
        }
        Assert.Empty(errors);
        Assert.Superset(new HashSet<string> { site.Address + "/", site.Address + "/zh/", site.Address + "/say_hello.py" }, seen);

        void Note(bool isError, string text)
        {
            if (isError)
                errors.Add(text);
        }
    }

    [Fact(Timeout = Timeout)]
    public async Task Favourite_AddedNotedAndRemoved_IsShown()
    {
        var page = await site.OpenAsync();
        var errors = new List<string>();
        page.Console += (_, message) => errors.AddRange(message.Type == "error" ? [message.Text] : []);
        await page.GotoAsync("/index.py");
        await page.GetByRole(AriaRole.Button, new() { Name = "Add 莲花轨道 Lotus Rail" }).ClickAsync();
        await page.WaitForURLAsync("**/index.py#s600107");
        await page.GetByRole(AriaRole.Link, new() { Name = "★ added" }).ClickAsync();
        await page.WaitForURLAsync("**/center.py#s600107");

        const string note = "<img src=x onerror=\"document.title='broken'\"> 买入";
        await page.GetByLabel("Note", new() { Exact = true }).FillAsync(note);
        await page.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await page.WaitForURLAsync("**/center.py");
        Assert.Equal(note, await page.GetByLabel("Note", new() { Exact = true }).InputValueAsync());
        Assert.Equal("Favourites · AsyncServer", await page.TitleAsync());

        await page.GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await page.GetByText("There are none yet").WaitForAsync();
        await page.ReloadAsync(); // asks for the page, not for the form again
        Assert.Equal("There are none yet. The list of stocks has a button for each.", await page.Locator(".lead").InnerTextAsync());
        Assert.Empty(errors);
    }

    [Fact(Timeout = Timeout)]
    public async Task File_Uploaded_IsAnsweredWithItsHash()
    {
        var page = await site.OpenAsync();
        byte[] content = [.. Enumerable.Range(0, 300_000).Select(static number => (byte)number)];
        await page.GotoAsync("/upload.py");
        await page.Locator("input[type=file]")
            .SetInputFilesAsync(new FilePayload { Name = "二进制 <1>.bin", MimeType = "application/octet-stream", Buffer = content });
        await page.GetByRole(AriaRole.Button, new() { Name = "Upload" }).ClickAsync();
        await page.GetByText(Convert.ToHexStringLower(SHA256.HashData(content))).WaitForAsync();
        Assert.Contains("二进制 <1>.bin", await page.Locator("main").InnerTextAsync(), StringComparison.Ordinal);
    }

    [Theory(Timeout = Timeout)]
    [InlineData("/index.py", 320)]
    [InlineData("/index.py", 780)]
    [InlineData("/center.py", 320)]
    public async Task Page_OnANarrowScreen_IsNotWiderThanIt(string path, int width)
    {
        var page = await site.OpenAsync();
        await page.SetViewportSizeAsync(width, 800);
        await page.GotoAsync(path);
        Assert.True(await page.EvaluateAsync<int>("document.documentElement.scrollWidth") <= width);
    }
}
