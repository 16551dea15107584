// /show_time.py: the server's time. The module is async: while it waits, its hub serves others.
#load "lib/ctime.csx"

async Task<Body> application(Environ environ, StartResponse startResponse)
{
    await Coroutine.Sleep(TimeSpan.FromMilliseconds(1), environ.CancellationToken); // in the place of a database, another server ...
    startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
    return CTime(DateTime.Now);
}
