using System.Globalization;
using System.Text;

namespace AsyncServer.Http;

/// <summary>Writes lines in a format of atoms. Used by one thread at a time.</summary>
internal sealed class AccessLineFormatter(AccessLogFormat format, TimeProvider time)
{
    private readonly AccessClock _clock = new(time);

    /// <param name="line">The line, its end included.</param>
    /// <param name="entry">What to say.</param>
    /// <param name="now">The timestamp of the line.</param>
    internal void Write(ref AccessLine line, in AccessEntry entry, long now)
    {
        if (format.Atoms is { } atoms)
        {
            for (int i = 0; i < atoms.Count; i++)
                Write(ref line, atoms[i], entry, now);
        }
        else
        {
            var universal = _clock.Universal(now, out int milliseconds);
            AccessJson.Write(ref line, entry, universal, milliseconds);
        }
        line.Raw("\n"u8);
    }

    private void Write(ref AccessLine line, in AccessLogAtom atom, in AccessEntry entry, long now)
    {
        switch (atom.Kind)
        {
            case AccessLogField.Literal:
                line.Raw(atom.Text);
                break;
            case AccessLogField.Nothing:
                line.Raw("-"u8);
                break;
            case AccessLogField.RemoteAddress:
                WriteRemoteAddress(ref line, entry);
                break;
            case AccessLogField.Time:
                line.Raw(_clock.Local(now));
                break;
            case AccessLogField.RequestLine:
                line.TextOrNothing(entry.RequestLine);
                break;
            case AccessLogField.Method:
                line.TextOrNothing(entry.HasRequestLine ? entry.RequestLine[..entry.Head.Method.Length] : default);
                break;
            case AccessLogField.Path:
                line.TextOrNothing(entry.HasRequestLine ? entry.Path : default);
                break;
            case AccessLogField.Query:
                line.Escaped(entry.HasRequestLine ? entry.Query : default, isJson: false);
                break;
            case AccessLogField.Protocol:
                line.Escaped(entry.HasRequestLine ? entry.Protocol : "-", isJson: false);
                break;
            case AccessLogField.Status:
                line.Number(entry.Status);
                break;
            case AccessLogField.BytesOrNothing when entry.Bytes == 0:
                line.Raw("-"u8);
                break;
            case AccessLogField.BytesOrNothing:
            case AccessLogField.Bytes:
                line.Number(entry.Bytes);
                break;
            case AccessLogField.Seconds:
                line.Number((long)entry.Time.TotalSeconds);
                break;
            case AccessLogField.Milliseconds:
                line.Number((long)entry.Time.TotalMilliseconds);
                break;
            case AccessLogField.Microseconds:
                line.Number((long)entry.Time.TotalMicroseconds);
                break;
            case AccessLogField.DecimalSeconds:
                line.Escaped(entry.Time.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture), isJson: false);
                break;
            case AccessLogField.ProcessId:
                line.Raw("<"u8);
                line.Number(Environment.ProcessId);
                line.Raw(">"u8);
                break;
            case AccessLogField.RequestHeader:
                line.TextOrNothing(entry.Header(atom.Text));
                break;
            case AccessLogField.ResponseHeader:
                WriteResponseHeader(ref line, atom, entry);
                break;
            case AccessLogField.Expired:
                line.TextOrNothing(entry.Expired == ConnectionPhase.None ? default : entry.Expired.Utf8Name());
                break;
            case AccessLogField.RequestId:
                line.Escaped(entry.Exchange.Id, isJson: false);
                break;
        }
    }

    private static void WriteRemoteAddress(ref AccessLine line, in AccessEntry entry)
    {
        Span<byte> address = stackalloc byte[AccessEntry.MaxAddressLength];
        line.TextOrNothing(address[..entry.FormatRemoteAddress(address)]);
    }

    // What the app has set; the server's own headers, such as Date, are not among them.
    private static void WriteResponseHeader(ref AccessLine line, in AccessLogAtom atom, in AccessEntry entry)
    {
        string? value = entry.IsRefused ? null : entry.Exchange.Response.Headers[Encoding.ASCII.GetString(atom.Text)];
        line.Escaped(string.IsNullOrEmpty(value) ? "-" : value, isJson: false);
    }
}
