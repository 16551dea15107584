using System.Text;

namespace AsyncServer.Http;

/// <summary>What the headers that govern the message itself said, gathered line by line, judged when the head is whole.</summary>
internal struct KnownHeaders
{
    internal int HostCount;
    internal Slice Host;
    internal int ContentLengthCount;
    internal Slice ContentLength;
    internal int TransferEncodingCount;
    internal Slice TransferEncoding;
    internal bool Close;
    internal bool KeepAlive;
    internal bool Continue;
    internal bool UnknownExpectation;

    internal void Note(ReadOnlySpan<byte> message, in HeaderField field)
    {
        ReadOnlySpan<byte> name = field.Name.Of(message);
        switch (name.Length)
        {
            case 4 when Ascii.EqualsIgnoreCase(name, "host"u8):
                HostCount++;
                Host = field.Value;
                break;
            case 6 when Ascii.EqualsIgnoreCase(name, "expect"u8):
                NoteExpectations(field.Value.Of(message));
                break;
            case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                NoteConnectionOptions(field.Value.Of(message));
                break;
            case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                ContentLengthCount++;
                ContentLength = field.Value;
                break;
            case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                TransferEncodingCount++;
                TransferEncoding = field.Value;
                break;
        }
    }

    private void NoteConnectionOptions(ReadOnlySpan<byte> value)
    {
        var options = new CommaList(value);
        while (options.Next(out ReadOnlySpan<byte> option))
        {
            Close |= Ascii.EqualsIgnoreCase(option, "close"u8);
            KeepAlive |= Ascii.EqualsIgnoreCase(option, "keep-alive"u8);
        }
    }

    private void NoteExpectations(ReadOnlySpan<byte> value)
    {
        var expectations = new CommaList(value);
        while (expectations.Next(out ReadOnlySpan<byte> expectation))
        {
            bool isContinue = Ascii.EqualsIgnoreCase(expectation, "100-continue"u8);
            Continue |= isContinue;
            UnknownExpectation |= !isContinue && !expectation.IsEmpty;
        }
    }
}
