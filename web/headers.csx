// /headers.py: the request line and the headers, as the client sent them.
Body application(Environ environ, StartResponse startResponse)
{
    var text = new StringBuilder($"{environ.Method} {environ.Request.Target} {environ.Protocol}\n");
    foreach (var (name, value) in environ.Request.Headers)
        text.Append($"{name}: {value}\n");
    startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
    return text.ToString();
}
