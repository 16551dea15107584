#load "beside.csx"
#load "stocks.csx"

using System.Globalization;
using System.Security.Cryptography;

static readonly string Templates = Beside("../templates");

static string Render(string template, object values) => Template.FromFile(Path.Combine(Templates, template)).Render(values);

static string Money(long cents) => (cents / 100m).ToString("N2", CultureInfo.InvariantCulture);

static string Percent(long hundredths) => (hundredths / 100m).ToString("0.00", CultureInfo.InvariantCulture) + " %";

static string Change(long hundredths) => hundredths == 0 ? "0.00 %" : (hundredths > 0 ? "▲ +" : "▼ −") + Percent(Math.Abs(hundredths));

static string Trend(long hundredths) => hundredths switch { > 0 => "up", < 0 => "down", _ => "" };

/// <summary>A request that is answered with a status and a sentence.</summary>
sealed class Refusal(string status, string sentence, params (string Name, string Value)[] headers) : Exception(sentence)
{
    public string Status => status;

    public IReadOnlyList<(string Name, string Value)> Headers => headers;
}

/// <summary>A page with forms: GET shows it, POST changes something and sends the browser back to it.</summary>
sealed class FormPage
{
    private const string TokenName = "csrf";
    private const int TokenLength = 32;

    private static readonly FormOptions Limits = new() { MaxFieldsSize = 16 * 1024 };

    private static readonly (string, string)[] Standard =
    [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Cache-Control", "no-store"), // it has a token in it, and what others change
        ("Content-Security-Policy", "default-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"),
    ];

    /// <summary>What the title says.</summary>
    public required string Title { get; init; }

    /// <summary>Makes the content; its forms carry the token.</summary>
    public required Func<string, Task<string>> ShowAsync { get; init; }

    /// <summary>Does what a form asks for, and returns where to go then.</summary>
    public required Func<Form, Task<string>> ChangeAsync { get; init; }

    public async Task<Body> AnswerAsync(Environ environ, StartResponse startResponse)
    {
        try
        {
            return environ.Method switch
            {
                "GET" or "HEAD" => await AnswerGetAsync(environ, startResponse),
                "POST" => await AnswerPostAsync(environ, startResponse),
                _ => throw new Refusal("405 Method Not Allowed", "This page takes GET, HEAD and POST.", ("Allow", "GET, HEAD, POST")),
            };
        }
        catch (Refusal refusal)
        {
            startResponse(refusal.Status, [.. Standard, .. refusal.Headers]);
            return Layout(refusal.Status, refusal.Message);
        }
        catch (DatabaseFailure failure)
        {
            environ.Errors.WriteLine($"The database failed: {failure.Message}");
            startResponse("503 Service Unavailable", [.. Standard, ("Retry-After", "5")], failure);
            return Layout("503 Service Unavailable", "The database does not answer. Please try again in a moment.");
        }
    }

    private async Task<Body> AnswerGetAsync(Environ environ, StartResponse startResponse)
    {
        string? token = CookieToken(environ);
        List<(string, string)> headers = [.. Standard];
        if (token is null)
        {
            token = RandomNumberGenerator.GetHexString(TokenLength, lowercase: true);
            headers.Add(("Set-Cookie", $"{TokenName}={token}; Path=/; HttpOnly; SameSite=Lax"));
        }
        string content = await ShowAsync(token);
        startResponse("200 OK", headers);
        return Render("layout.html", new { title = Title, content });
    }

    private async Task<Body> AnswerPostAsync(Environ environ, StartResponse startResponse)
    {
        using var form = await environ.ReadFormAsync(Limits); // what is no form, or too large, is answered by the server
        // Another site can have a browser send a form here, with its cookie, but it cannot read the cookie to put it into the form.
        if (CookieToken(environ) is not { } token || form[TokenName] is not { } sent
            || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(sent), Encoding.UTF8.GetBytes(token)))
            throw new Refusal("403 Forbidden",
                "This form did not come from this site, or your browser does not accept cookies. Reload the page and try again.");
        if (form.Fields.Any(field => field.Value.Contains('\0'))) // which PostgreSQL has no text for
            throw new Refusal("400 Bad Request", "This form has a character in it that is no text.");
        string next = await ChangeAsync(form);
        startResponse("303 See Other", [("Location", next), ("Cache-Control", "no-store")]);
        return "";
    }

    // Not a session's: its keys would have to be kept in a folder, so that two modules, more processes and a restart understand each
    // other's.
    private static string? CookieToken(Environ environ) =>
        environ.Cookies.TryGetValue(TokenName, out string? value) && value.Length == TokenLength
            && value.All(char.IsAsciiHexDigitLower) ? value : null;

    private static string Layout(string title, string sentence) =>
        Render("layout.html", new { title, content = Render("message.html", new { title, sentence }) });
}
