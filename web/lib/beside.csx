// The path of a file that lies beside the script that asks, wherever the server was started.
using System.Runtime.CompilerServices;

string Beside(string name, [CallerFilePath] string script = "") => Path.Combine(Path.GetDirectoryName(script)!, name);
