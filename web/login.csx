// /login.py: a line of welcome. What it shares with other modules is loaded from a file.
#load "lib/welcome.csx"

Body application(Environ environ, StartResponse startResponse) => Welcome("Welcome back. Log in here. It is", startResponse);
