// /show_pic.py: the picture beside this script. A picture is bytes, not text: it is sent as it lies on the disk.
#load "lib/beside.csx"

var picture = new FileInfo(Beside("show_pic.jpg"));

Body application(Environ environ, StartResponse startResponse)
{
    startResponse("200 OK", [("Content-Type", "image/jpeg")]);
    return picture;
}
