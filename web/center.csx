#load "lib/pages.csx"

const int MaxNoteLength = 200;

var stocks = new Stocks(Beside("../data"));

var page = new FormPage { Title = "Favourites", ShowAsync = ShowAsync, ChangeAsync = ChangeAsync };

// The favourites, each with a note and a button that takes it out.
Task<Body> application(Environ environ, StartResponse startResponse) => page.AnswerAsync(environ, startResponse);

async Task<string> ShowAsync(string token)
{
    var favourites = await stocks.FavouritesAsync();
    return favourites.Count == 0
        ? Render("center_empty.html", new { })
        : Render("center.html", new { content = string.Concat(favourites.Select(stock => Row(stock, token))) });
}

string Row(Stock stock, string token) => Render("center_row.html", new
{
    code = stock.Code,
    name = stock.Name,
    price = Money(stock.Price),
    change = Change(stock.Change),
    trend = Trend(stock.Change),
    note = stock.Note,
    max = MaxNoteLength,
    token,
});

async Task<string> ChangeAsync(Form form)
{
    string code = form["code"] ?? "";
    string note = (form["note"] ?? "").Trim();
    if (note.Length > MaxNoteLength)
        throw new Refusal("400 Bad Request", $"A note has {MaxNoteLength} characters at most.");
    bool isKnown = form["action"] switch
    {
        "remove" => await stocks.RemoveAsync(code),
        "note" => await stocks.NoteAsync(code, note),
        _ => throw new Refusal("400 Bad Request", "This page can save a note and remove a stock, nothing else."),
    };
    return isKnown ? "/center.py" : throw new Refusal("404 Not Found", "There is no such stock.");
}
