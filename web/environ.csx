// /environ.py: all that the server tells an application about a request, one key on a line.
#load "lib/ctime.csx"

IEnumerable<string> application(Environ environ, StartResponse startResponse)
{
    startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
    foreach (var (key, value) in environ.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        yield return $"{key} = {value}\n";
    yield return $"==Hello world from a simple WSGI application!---> {CTime(DateTime.Now)}\n";
}
