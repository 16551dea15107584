// The path of a file that lies beside the script that asks, wherever the server was started.
using System.Runtime.CompilerServices;

static string Beside(string name, [CallerFilePath] string script = "") => Path.GetFullPath(name, Path.GetDirectoryName(script)!);
