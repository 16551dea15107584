#load "lib/pages.csx"

var stocks = new Stocks(Beside("../data"));

var page = new FormPage { Title = "Stocks", ShowAsync = ShowAsync, ChangeAsync = AddAsync };

// Every stock, with a button that makes it a favourite.
Task<Body> application(Environ environ, StartResponse startResponse) => page.AnswerAsync(environ, startResponse);

async Task<string> ShowAsync(string token)
{
    var all = await stocks.AllAsync();
    return Render("index.html", new { count = all.Count, content = string.Concat(all.Select(stock => Row(stock, token))) });
}

string Row(Stock stock, string token) => Render("index_row.html", new
{
    code = stock.Code,
    name = stock.Name,
    price = Money(stock.Price),
    change = Change(stock.Change),
    trend = Trend(stock.Change),
    turnover = Percent(stock.Turnover),
    high = Money(stock.High),
    action = stock.Note is null ? Render("index_add.html", new { code = stock.Code, name = stock.Name, token })
        : Render("index_added.html", new { code = stock.Code }),
});

async Task<string> AddAsync(Form form)
{
    string code = form["code"] ?? "";
    return await stocks.AddAsync(code) ? $"/index.py#s{code}" : throw new Refusal("404 Not Found", "There is no such stock.");
}
