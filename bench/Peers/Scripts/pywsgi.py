# The peer on gevent's pywsgi: it answers what AppProgram answers.
import sys

from gevent.pywsgi import WSGIServer


def application(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST":
        body = environ["wsgi.input"].read()
        start_response("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(body)))])
        return [body]
    start_response("200 OK", [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", "20")])
    return [b"Hello, this is plain"]


WSGIServer(("127.0.0.1", int(sys.argv[1])), application, log=None, error_log=None, backlog=4096).serve_forever()
