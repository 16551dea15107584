using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace AsyncServer.Unit.Database;

/// <summary>What /index.py and /center.py do, whatever database they stand on.</summary>
public abstract partial class DatabasePageTests
{
    private const string Lotus = "600107";
    private const string Egret = "600640";
    private const int StockCount = 12;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The connection string of a database that nobody has used yet.</summary>
    protected abstract Task<string> NewDatabaseAsync();

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Index_OfANewDatabase_HasEveryStockAsUtf8()
    {
        await using var site = await StartAsync();
        using var answer = await site.Client.GetAsync("/index.py", Cancellation);
        byte[] bytes = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        string text = Encoding.UTF8.GetString(bytes);
        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType?.ToString()));
        Assert.Equal(StockCount, Row().Count(text));
        Assert.Contains("莲花轨道 Lotus Rail", text, StringComparison.Ordinal);
        Assert.Contains("<td>18.46</td>", text, StringComparison.Ordinal);
        Assert.Equal(bytes.Length, answer.Content.Headers.ContentLength);
        Assert.True(bytes.Length > text.Length);
        Assert.DoesNotContain("{%", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Stock_AddedTwiceAndRemoved_IsAFavouriteInBetween()
    {
        await using var site = await StartAsync();
        Assert.Contains("There are none yet", await site.PageAsync("/center.py"), StringComparison.Ordinal);
        for (int time = 0; time < 2; time++)
        {
            using var added = await site.SubmitAsync("/index.py", ("code", Lotus));
            Assert.Equal((HttpStatusCode.SeeOther, $"/index.py#s{Lotus}"), (added.StatusCode, added.Headers.Location?.ToString()));
        }
        Assert.Single(Favourite().Matches(await site.PageAsync("/center.py")));
        Assert.Single(Added().Matches(await site.PageAsync("/index.py")));
        for (int time = 0; time < 2; time++)
        {
            using var removed = await site.SubmitAsync("/center.py", ("code", Lotus), ("action", "remove"));
            Assert.Equal((HttpStatusCode.SeeOther, "/center.py"), (removed.StatusCode, removed.Headers.Location?.ToString()));
        }
        Assert.Contains("There are none yet", await site.PageAsync("/center.py"), StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Note_WhateverItHolds_IsText()
    {
        (string Note, string Shown)[] notes =
        [
            ("<script>alert(1)</script>", "value=\"&lt;script&gt;alert(1)&lt;/script&gt;\""),
            ("\" onfocus=\"alert(1)", "value=\"&quot; onfocus=&quot;alert(1)\""),
            ("'; DELETE FROM favourites; --", "value=\"&#x27;; DELETE FROM favourites; --\""),
            ("{%token%} {%!token%}", "value=\"{%token%} {%!token%}\""),
            ("买入 二十", "买入 二十"),
        ];
        await using var site = await StartAsync();
        using var added = await site.SubmitAsync("/index.py", ("code", Egret));
        foreach (var (note, shown) in notes)
        {
            using var noted = await site.SubmitAsync("/center.py", ("code", Egret), ("action", "note"), ("note", note));
            Assert.Equal(HttpStatusCode.SeeOther, noted.StatusCode);
            string page = await site.PageAsync("/center.py");
            Assert.Equal(note, WebUtility.HtmlDecode(NoteInput().Match(page).Groups[1].Value));
            Assert.Contains(shown, page, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        }
        using var tooLong = await site.SubmitAsync("/center.py", ("code", Egret), ("action", "note"), ("note", new string('长', 201)));
        Assert.Equal(HttpStatusCode.BadRequest, tooLong.StatusCode);
        using var longest = await site.SubmitAsync("/center.py", ("code", Egret), ("action", "note"), ("note", new string('长', 200)));
        Assert.Equal(HttpStatusCode.SeeOther, longest.StatusCode);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Form_ThatAsksForNothingSensible_IsRefusedAndTheRowsStay()
    {
        (string Path, string Form, HttpStatusCode Expected)[] forms =
        [
            ("/index.py", "code=' OR '1'='1", HttpStatusCode.NotFound),
            ("/index.py", "code=600107'; DROP TABLE stocks; --", HttpStatusCode.NotFound),
            ("/index.py", "code=999999", HttpStatusCode.NotFound),
            ("/index.py", "code=", HttpStatusCode.NotFound),
            ("/index.py", "other=1", HttpStatusCode.NotFound),
            ("/index.py", "code=600107\0", HttpStatusCode.BadRequest),
            ("/center.py", "action=remove&code=%", HttpStatusCode.NotFound),
            ("/center.py", "action=note&code=999999&note=x", HttpStatusCode.NotFound),
            ("/center.py", "action=drop&code=600107", HttpStatusCode.BadRequest),
            ("/center.py", "code=600107", HttpStatusCode.BadRequest),
        ];
        await using var site = await StartAsync();
        foreach (var (path, form, expected) in forms)
        {
            var fields = form.Split('&').Select(static field => field.Split('=', 2)).Select(static pair => (pair[0], pair[1])).ToArray();
            using var answer = await site.SubmitAsync(path, fields);
            Assert.Equal((form, expected), (form, answer.StatusCode));
        }
        Assert.Equal(StockCount, Row().Count(await site.PageAsync("/index.py")));
        Assert.Contains("There are none yet", await site.PageAsync("/center.py"), StringComparison.Ordinal);
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Database_FirstUsedByManyAtOnce_IsMadeOnce()
    {
        string database = await NewDatabaseAsync();
        const int processes = 3, requests = 8;
        var sites = await Task.WhenAll(Enumerable.Range(0, processes).Select(_ => DatabaseSite.StartAsync(database)));
        try
        {
            // Two modules on two hubs in three processes; each module makes the tables where it finds none.
            var pages = sites.SelectMany(static site => Enumerable.Range(0, requests)
                .Select(number => (Site: site, Path: number % 2 == 0 ? "/index.py" : "/center.py")));
            string[] answers = await Task.WhenAll(pages.Select(static page => page.Site.PageAsync(page.Path)));
            Assert.All(answers.Where(static (_, index) => index % 2 == 0), static text => Assert.Equal(StockCount, Row().Count(text)));
            using var added = await sites[0].SubmitAsync("/index.py", ("code", Lotus));
            Assert.All(await Task.WhenAll(sites.Select(static site => site.PageAsync("/center.py"))),
                static text => Assert.Single(Favourite().Matches(text)));
        }
        finally
        {
            foreach (var site in sites)
                await site.DisposeAsync();
        }
    }

    [Fact(Timeout = DatabaseSite.Timeout)]
    public async Task Favourites_ChangedByManyAtOnce_AreAllThere()
    {
        await using var site = await StartAsync();
        string token = await site.TokenAsync();
        string[] codes = [.. Row().Matches(await site.PageAsync("/index.py")).Select(static row => row.Groups[1].Value)];
        var answers = await Task.WhenAll(codes.Concat(codes).Select(code => site.PostAsync("/index.py", ("csrf", token), ("code", code))));
        Assert.All(answers, static answer => Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode));
        Assert.Equal(codes, Favourite().Matches(await site.PageAsync("/center.py")).Select(static favourite => favourite.Groups[1].Value));
    }

    private async Task<DatabaseSite> StartAsync() => await DatabaseSite.StartAsync(await NewDatabaseAsync());

    [GeneratedRegex("""<tr id="s(\d+)">""")]
    private static partial Regex Row();

    [GeneratedRegex("""<li id="s(\d+)">""")]
    private static partial Regex Favourite();

    [GeneratedRegex("""class="added" """)]
    private static partial Regex Added();

    [GeneratedRegex("""name="note" value="([^"]*)">?""")]
    private static partial Regex NoteInput();
}
