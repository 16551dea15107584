using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>The answer to a message that never became a request: a status, its words, and the end of the connection.</summary>
internal static class ErrorAnswer
{
    /// <summary>Writes the answer, for which the output must have <see cref="ResponseHead.FixedSize"/> bytes free.</summary>
    internal static void Write(OutputBuffer output, int status, string method, ServerLines lines)
    {
        string text = StatusLine.Text(status) + "\n";
        string head = string.Create(CultureInfo.InvariantCulture,
            $"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {text.Length}\r\nConnection: close\r\n");
        output.Write(StatusLine.For(status));
        output.Write(Encoding.ASCII.GetBytes(head));
        output.Write(lines.Both);
        output.Write("\r\n"u8);
        if (method != "HEAD")
            output.Write(Encoding.ASCII.GetBytes(text));
    }
}
