// POST /echo.py: the body comes back as it arrives, whatever its size; never more than a buffer of it is in memory.
Body application(Environ environ, StartResponse startResponse)
{
    if (environ.Method != "POST")
    {
        startResponse("405 Method Not Allowed", [("Allow", "POST"), ("Content-Type", "text/plain; charset=utf-8")]);
        return "POST something to me\n";
    }
    var headers = new List<(string, string)> { ("Content-Type", environ.ContentType ?? "application/octet-stream") };
    if (environ.ContentLength is { } length)
        headers.Add(("Content-Length", $"{length}")); // as many bytes as came; without it they go out in chunks
    startResponse("200 OK", headers);
    return environ.Input;
}
