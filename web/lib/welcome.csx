// One line of welcome with the current time.
#load "ctime.csx"

Body Welcome(string line, StartResponse startResponse)
{
    startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
    return $"{line} {CTime(DateTime.Now)}\n";
}
