using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>Writes whole lines to a file that may be full: a line of which a part is in the file is finished before the next.</summary>
internal sealed class AccessLogWriter(AppendFile file)
{
    private byte[] _rest = [];

    /// <summary>Why lines were lost last, in the system's words; null where the file took all of them.</summary>
    internal string? Error { get; set; }

    /// <returns>How many lines were lost.</returns>
    internal long Write(ReadOnlySpan<byte> lines)
    {
        if (lines.IsEmpty)
            return 0;
        if (_rest.Length > 0)
        {
            _rest = _rest[Append(_rest)..];
            if (_rest.Length > 0)
                return lines.Count((byte)'\n');
        }
        int written = Append(lines);
        var left = lines[written..];
        if (written > 0 && !left.IsEmpty && lines[written - 1] != '\n')
        {
            int end = left.IndexOf((byte)'\n') + 1;
            _rest = left[..end].ToArray();
            left = left[end..];
        }
        return left.Count((byte)'\n');
    }

    /// <returns>1 when the last line is not whole.</returns>
    internal int Close()
    {
        _rest = _rest[Append(_rest)..];
        file.Dispose();
        return _rest.Length > 0 ? 1 : 0;
    }

    private int Append(ReadOnlySpan<byte> data)
    {
        int written = file.Append(data, out string? error);
        Error = error ?? Error;
        return written;
    }
}
