using System.Text;

namespace AsyncServer.Http;

/// <summary>What stands in a line of the access log: a list of atoms, or JSON, which has a fixed set of keys.</summary>
internal sealed class AccessLogFormat
{
    internal const string CombinedName = "combined";
    internal const string JsonName = "json";

    private const string Combined = """%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s" """;

    private AccessLogFormat(List<AccessLogAtom>? atoms) => Atoms = atoms;

    /// <summary>Null means JSON.</summary>
    internal IReadOnlyList<AccessLogAtom>? Atoms { get; }

    /// <summary>Whether lines have the request's id, so that the client is told it too.</summary>
    internal bool HasRequestId => Atoms is null || Atoms.Any(static atom => atom.Kind == AccessLogField.RequestId);

    /// <exception cref="ArgumentException">It has an atom that does not exist.</exception>
    internal static AccessLogFormat Parse(string format)
    {
        ArgumentException.ThrowIfNullOrEmpty(format);
        if (format == JsonName)
            return new AccessLogFormat(null);
        bool isOneWord = format.All(char.IsAsciiLetter);
        if (isOneWord && format != CombinedName)
            throw new ArgumentException($"'{format}' is not a format of the access log: combined, json, or text with atoms such as %(h)s.",
                nameof(format));
        return new AccessLogFormat(ParseAtoms(isOneWord ? Combined.TrimEnd() : format));
    }

    private static List<AccessLogAtom> ParseAtoms(string format)
    {
        var atoms = new List<AccessLogAtom>();
        while (format.Length > 0)
        {
            int percent = format.IndexOf('%', StringComparison.Ordinal);
            if (percent != 0)
            {
                AddLiteral(atoms, percent < 0 ? format : format[..percent]);
                format = percent < 0 ? "" : format[percent..];
                continue;
            }
            int length = AtomLength(format);
            if (length == 2)
                AddLiteral(atoms, "%");
            else
                atoms.Add(ParseAtom(format[..length]));
            format = format[length..];
        }
        return atoms;
    }

    // "%%", or "%(NAME)s"; gunicorn's users also write the %d of numbers.
    private static int AtomLength(string format)
    {
        if (format.StartsWith("%%", StringComparison.Ordinal))
            return 2;
        int close = format.IndexOf(')', StringComparison.Ordinal);
        return format.StartsWith("%(", StringComparison.Ordinal) && close > 0 && close + 1 < format.Length
            && format[close + 1] is 's' or 'd'
            ? close + 2
            : throw new ArgumentException($"'{format}' does not begin with an atom such as %(h)s; a percent sign itself is %%.",
                nameof(format));
    }

    private static void AddLiteral(List<AccessLogAtom> atoms, string text)
    {
        // One line for a request is what the log promises.
        if (text.Any(char.IsControl))
            throw new ArgumentException("A format of the access log has no control characters.", nameof(text));
        atoms.Add(new AccessLogAtom(AccessLogField.Literal, Encoding.UTF8.GetBytes(text)));
    }

    private static AccessLogAtom ParseAtom(string atom) => atom[2..^2] switch
    {
        "h" => Plain(AccessLogField.RemoteAddress),
        "l" or "u" => Plain(AccessLogField.Nothing), // the server asks nobody who they are
        "t" => Plain(AccessLogField.Time),
        "r" => Plain(AccessLogField.RequestLine),
        "m" => Plain(AccessLogField.Method),
        "U" => Plain(AccessLogField.Path),
        "q" => Plain(AccessLogField.Query),
        "H" => Plain(AccessLogField.Protocol),
        "s" => Plain(AccessLogField.Status),
        "b" => Plain(AccessLogField.BytesOrNothing),
        "B" => Plain(AccessLogField.Bytes),
        "T" => Plain(AccessLogField.Seconds),
        "M" => Plain(AccessLogField.Milliseconds),
        "D" => Plain(AccessLogField.Microseconds),
        "L" => Plain(AccessLogField.DecimalSeconds),
        "p" => Plain(AccessLogField.ProcessId),
        "x" => Plain(AccessLogField.Expired), // no atom of gunicorn's
        "f" => Header(AccessLogField.RequestHeader, "Referer"),
        "a" => Header(AccessLogField.RequestHeader, "User-Agent"),
        ['{', .. var name, '}', 'o'] when name.Equals(RequestId.HeaderName, StringComparison.OrdinalIgnoreCase) =>
            Plain(AccessLogField.RequestId),
        ['{', .. var name, '}', 'i'] when HeaderSyntax.IsToken(name) => Header(AccessLogField.RequestHeader, name),
        ['{', .. var name, '}', 'o'] when HeaderSyntax.IsToken(name) => Header(AccessLogField.ResponseHeader, name),
        _ => throw new ArgumentException($"{atom} is no atom of the access log.", nameof(atom)),
    };

    private static AccessLogAtom Plain(AccessLogField kind) => new(kind, []);

    private static AccessLogAtom Header(AccessLogField kind, string name) => new(kind, Encoding.ASCII.GetBytes(name));
}
