using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>The answer to a message that never became a request: a status, its words, and the end of the connection.</summary>
internal static class ErrorAnswer
{
    /// <summary>Writes the answer, for which the output must have <see cref="ResponseHead.FixedSize"/> bytes free.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="status">Its status.</param>
    /// <param name="method">The request's method, as far as it is known: HEAD gets no body.</param>
    /// <param name="lines">The lines that every answer has.</param>
    /// <param name="more">Further header lines, each with its CRLF.</param>
    internal static void Write(OutputBuffer output, int status, string method, ServerLines lines, string more = "")
    {
        string text = StatusLine.Text(status) + "\n";
        string head = string.Create(CultureInfo.InvariantCulture,
            $"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {text.Length}\r\n{more}Connection: close\r\n");
        output.Write(StatusLine.For(status));
        output.Write(Encoding.ASCII.GetBytes(head));
        output.Write(lines.Both);
        output.Write("\r\n"u8);
        if (method != "HEAD")
            output.Write(Encoding.ASCII.GetBytes(text));
    }
}
