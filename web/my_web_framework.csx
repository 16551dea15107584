// A framework in the smallest sense: an application that is a list of URLs. Run it with: asyncserver my_web_framework:app
#load "lib/beside.csx"
#load "lib/ctime.csx"

var files = new FileApplication(Beside("../html"));

var app = new UrlMap
{
    { "/", files },
    { "/static/*", files }, // and /static itself: both show the index page
    { "/ctime", ShowTime },
    { "/sayhello", SayHello },
    { "/pic", ShowPicture },
};

Body ShowTime(Environ environ, StartResponse startResponse) => Text(CTime(DateTime.Now), startResponse);

Body SayHello(Environ environ, StartResponse startResponse) => Text("Hello, this is plain", startResponse);

Body ShowPicture(Environ environ, StartResponse startResponse)
{
    startResponse("200 OK", [("Content-Type", "image/jpeg")]);
    return new FileInfo(Beside("show_pic.jpg"));
}

Body Text(string text, StartResponse startResponse)
{
    startResponse("200 OK", [("Content-Type", "text/plain; charset=utf-8")]);
    return text;
}
