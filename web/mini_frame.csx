// A mini framework: one application for all paths, which looks at PATH_INFO. Run it with: asyncserver 7890 mini_frame:application
// Beside modules of the same names (web/index.csx answers /index.py) it gets what they do not.
#load "lib/beside.csx"
#load "lib/ctime.csx"

var template = Template.FromFile(Beside("templates/mini_frame.html"));

Body application(Environ environ, StartResponse startResponse)
{
    startResponse("200 OK", [("Content-Type", "text/html; charset=utf-8")]);
    return environ.Path switch
    {
        "/index.py" => Page("Index", "Data goes here. <b>Markup</b> in it is text."),
        "/center.py" => Page("Center", "Your favourites go here."),
        "/login.py" => Page("Login", $"Welcome. It is {CTime(DateTime.Now)}"),
        _ => "Hello World! 你好，世界！\n",
    };
}

string Page(string title, string content) => template.Render(new { title, content });
