// A form for files. They are read as they arrive, large ones to disk, and gone when the answer has left.
// curl -F file=@README.md http://localhost:8888/upload.py
using System.Net;
using System.Security.Cryptography;

string Page(string content) => $"""
    <!doctype html>
    <html lang="en">
    <head>
      <meta charset="utf-8">
      <title>Upload files</title>
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <link rel="icon" href="/favicon.svg" type="image/svg+xml">
      <link rel="stylesheet" href="/style.css">
    </head>
    <body>
      <header><nav aria-label="Site"><a href="/">AsyncServer</a></nav></header>
      <main class="app">
        <h1>Upload files</h1>
        {content}
      </main>
    </body>
    </html>
    """;

const string Form = """
    <p>The server answers with the size and the SHA-256 of each file, and forgets them.</p>
    <form method="post" enctype="multipart/form-data">
      <label for="files">Files</label>
      <input id="files" type="file" name="file" multiple required>
      <button>Upload</button>
    </form>
    """;

async Task<Body> application(Environ environ, StartResponse startResponse)
{
    (string, string)[] html = [("Content-Type", "text/html; charset=utf-8")];
    if (environ.Method is "GET" or "HEAD")
    {
        startResponse("200 OK", html);
        return Page(Form);
    }
    if (environ.Method != "POST")
    {
        startResponse("405 Method Not Allowed", [.. html, ("Allow", "GET, HEAD, POST")]);
        return Page("<p>GET shows the form, POST takes it.</p>");
    }

    var form = await environ.ReadFormAsync(); // what is no form, or too large, is answered by the server: 415, 400, 413
    var list = new StringBuilder();
    foreach (var file in form.Files)
    {
        using var content = file.OpenRead();
        string hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, environ.CancellationToken));
        list.Append($"<li><strong>{WebUtility.HtmlEncode(file.FileName)}</strong>, {WebUtility.HtmlEncode(file.ContentType)}, "
            + $"{file.Length} bytes<br>");
        list.Append($"<code class=\"long\">{hash}</code></li>\n");
    }
    startResponse("200 OK", html);
    return Page(list.Length > 0 ? $"<ul>\n{list}</ul>\n{Form}" : $"<p>No file came.</p>\n{Form}");
}
