using System.Globalization;
using System.Text;
using AsyncServer.Http;

namespace AsyncServer.Unit.Http.Parsing;

/// <summary>
/// Reads a stream of requests as a connection would and writes down what it understood. Feed it longer and longer
/// prefixes of one stream; two ways of cutting the stream must leave the same text.
/// </summary>
internal sealed class Transcript(ParserLimits limits, long maxBodySize)
{
    // Odd and small, so that bodies need several rounds.
    private const int DestinationSize = 7;

    private readonly RequestHead _head = new();
    private readonly List<string> _blocks = [];
    private readonly List<byte> _body = [];

    private int _messageStart;
    private int _position;
    private bool _inBody;
    private bool _refused;
    private string _headText = "";
    private ChunkedDecoder _decoder;
    private long _bodyLeft;

    internal void Feed(byte[] stream, int length)
    {
        while (!_refused && (_inBody ? ReadBody(stream.AsSpan(0, length)) : ReadHead(stream.AsSpan(0, length))))
        {
        }
    }

    internal string Finish()
    {
        if (_inBody)
        {
            _blocks.Add(RequestText() + "\nincomplete");
        }
        else if (!_refused && _head.HasBegun)
        {
            _blocks.Add("incomplete");
        }

        return string.Join("\n\n", _blocks);
    }

    private bool ReadHead(ReadOnlySpan<byte> stream)
    {
        ReadOnlySpan<byte> message = stream[_messageStart..];
        ParseStatus status = RequestParser.Parse(message, _head, limits);
        _position = stream.Length;
        if (status == ParseStatus.Invalid)
        {
            Refuse(_head.Rejection!);
        }

        if (status != ParseStatus.Complete)
        {
            return false;
        }

        _headText = HeadText(_head, message);
        _position = _messageStart + _head.Length;
        _inBody = true;
        _bodyLeft = _head.ContentLength ?? 0;
        _decoder = new ChunkedDecoder(limits, maxBodySize);
        return true;
    }

    private bool ReadBody(ReadOnlySpan<byte> stream)
    {
        ParseStatus status = _head.IsChunked ? Decode(stream) : Copy(stream);
        if (status == ParseStatus.Invalid)
        {
            _blocks.Add(RequestText());
            _inBody = false;
            Refuse(_decoder.Rejection!);
        }

        if (status != ParseStatus.Complete)
        {
            return false;
        }

        _blocks.Add(RequestText());
        _inBody = false;
        _body.Clear();
        _head.Reset();
        _messageStart = _position;
        return true;
    }

    private ParseStatus Decode(ReadOnlySpan<byte> stream)
    {
        Span<byte> destination = stackalloc byte[DestinationSize];
        while (true)
        {
            ParseStatus status = _decoder.Decode(stream[_position..], destination, out int consumed, out int written);
            _position += consumed;
            _body.AddRange(destination[..written]);
            if (status != ParseStatus.Incomplete || _position == stream.Length)
            {
                return status;
            }

            Assert.Equal(DestinationSize, written); // Only a full destination may leave input behind.
        }
    }

    private ParseStatus Copy(ReadOnlySpan<byte> stream)
    {
        int count = (int)Math.Min(_bodyLeft, stream.Length - _position);
        _body.AddRange(stream.Slice(_position, count));
        _position += count;
        _bodyLeft -= count;
        return _bodyLeft == 0 ? ParseStatus.Complete : ParseStatus.Incomplete;
    }

    private void Refuse(Rejection rejection)
    {
        _refused = true;
        _blocks.Add($"rejected: {rejection.Status} {RejectionNames.Of(rejection)}");
    }

    private string RequestText()
    {
        var text = new StringBuilder(_headText);
        if (_head.HasBody)
        {
            text.Append("\nbody: ").Append(Readable([.. _body]));
        }

        if (_head.IsChunked)
        {
            foreach ((string name, string value) in _decoder.Trailers)
            {
                text.Append("\ntrailer: ").Append(name).Append(": ").Append(Readable(Encoding.Latin1.GetBytes(value)));
            }
        }

        return text.ToString();
    }

    private static string HeadText(RequestHead head, ReadOnlySpan<byte> message)
    {
        var text = new StringBuilder();
        void Line(string key, string value) => text.Append(key).Append(": ").Append(value).Append('\n');

        Line("method", head.Method);
        Line("target", Text(head.Target, message));
        Line("form", FormText(head));
        if (head.TargetForm == TargetForm.Absolute)
        {
            Line("authority", Text(head.Authority, message));
        }

        string path = PercentEncoding.DecodePath(head.Path.Of(message));
        Assert.Equal(!head.Path.Of(message).Contains((byte)'%'), head.PathIsPlain);
        Line("path", Readable(path));
        if (head.HasQuery)
        {
            Line("query", Text(head.Query, message));
        }

        Line("version", "1." + head.MinorVersion.ToString(CultureInfo.InvariantCulture));
        foreach (HeaderField header in head.Headers)
        {
            Line("header", $"{Text(header.Name, message)}: {Readable(header.Value.Of(message))}");
        }

        Line("host", Text(head.EffectiveHost, message));
        Line("keep-alive", head.KeepAlive ? "yes" : "no");
        if (head.ExpectContinue)
        {
            Line("expect", "100-continue");
        }

        if (head.IsChunked || head.ContentLength is not null)
        {
            Line("framing", head.IsChunked ? "chunked" : $"length {head.ContentLength}");
        }

        return text.ToString().TrimEnd('\n');
    }

    private static string FormText(RequestHead head) => head.TargetForm switch
    {
        TargetForm.Absolute => head.IsHttps ? "absolute https" : "absolute http",
        TargetForm.Asterisk => "asterisk",
        _ => "origin",
    };

    private static string Text(Slice slice, ReadOnlySpan<byte> message) => Encoding.Latin1.GetString(slice.Of(message));

    // Bytes beyond visible ASCII are shown as \xNN.
    private static string Readable(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder();
        foreach (byte value in bytes)
        {
            text.Append(value > '~' ? Escape(value) : Readable(((char)value).ToString()));
        }

        return text.ToString();
    }

    private static string Readable(string text) => string.Concat(text.Select(c =>
        c == '\\' ? @"\\" : c is < ' ' or '\x7F' ? Escape(c) : c.ToString()));

    private static string Escape(int value) => @"\x" + value.ToString("X2", CultureInfo.InvariantCulture);
}
