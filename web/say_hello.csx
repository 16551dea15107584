// /say_hello.py: the smallest module. A status, the headers, and the body is what is returned.
Body application(Environ environ, StartResponse startResponse)
{
    startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
    return "Hello, this is plain";
}
