// One page for everyone: whatever is asked, the answer is the same. Run it with: asyncserver hello:application
Body application(Environ environ, StartResponse startResponse)
{
    startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
    return "Hello, World!\n";
}
