using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>The answer to a message that never became a request: a status, its words, and the end of the connection.</summary>
internal static class ErrorAnswer
{
    /// <summary>
    /// Writes the answer and its line of the access log; the output must have <see cref="Http1Head.FixedSize"/> bytes free.
    /// </summary>
    /// <param name="exchange">Where to. As far as its request's method is known: HEAD gets no body.</param>
    /// <param name="status">The answer's status.</param>
    /// <param name="lines">The lines that every answer has.</param>
    /// <param name="more">Further header lines, each with its CRLF.</param>
    internal static void Write(Http1Exchange exchange, int status, ServerLines lines, string more = "")
    {
        var output = exchange.Output;
        string text = StatusCodes.Text(status) + "\n";
        string head = string.Create(CultureInfo.InvariantCulture,
            $"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {text.Length}\r\n{more}Connection: close\r\n");
        output.Write(StatusLine.For(status));
        output.Write(Encoding.ASCII.GetBytes(head));
        output.Write(lines.Both);
        output.Write("\r\n"u8);
        bool hasBody = exchange.Head.Method != "HEAD";
        if (hasBody)
            output.Write(Encoding.ASCII.GetBytes(text));
        exchange.Refused(status, hasBody ? text.Length : 0);
    }
}
