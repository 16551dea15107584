using System.Text;
using Microsoft.Extensions.Logging;

namespace AsyncServer.Http;

/// <summary><c>wsgi.errors</c>: what an app writes to it becomes lines of the log.</summary>
internal sealed class ErrorWriter(ILogger logger, string method, string path) : TextWriter
{
    private readonly StringBuilder _line = new();

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value)
    {
        if (value == '\n')
            Flush();
        else if (value != '\r')
            _line.Append(value);
    }

    public override void Flush()
    {
        if (_line.Length == 0)
            return;
        logger.AppWroteError(method, path, _line.ToString());
        _line.Clear();
    }
}
