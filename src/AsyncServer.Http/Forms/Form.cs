namespace AsyncServer.Http;

/// <summary>What an HTML form has sent: see <see cref="Environ.ReadFormAsync"/>.</summary>
public sealed class Form : IDisposable
{
    private readonly List<(string Name, string Value)> _fields = [];
    private readonly List<FormFile> _files = [];

    internal Form() { }

    /// <summary>The fields in the order in which they came; a name may come several times.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields => _fields;

    /// <summary>The files in the order in which they came. A file input in which none was chosen gives none.</summary>
    public IReadOnlyList<FormFile> Files => _files;

    /// <summary>The first value of that name, or null.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var field in _fields)
            {
                if (field.Name == name)
                    return field.Value;
            }
            return null;
        }
    }

    /// <summary>All values of that name, possibly none.</summary>
    public IEnumerable<string> Values(string name) => _fields.Where(field => field.Name == name).Select(static field => field.Value);

    /// <summary>The first file of the field of that name, or null.</summary>
    public FormFile? File(string name) => _files.Find(file => file.Name == name);

    /// <summary>Gives the files' memory and disk space back, which the end of the request does in any case.</summary>
    public void Dispose() => _files.ForEach(static file => file.Content.Dispose());

    internal void Add(string name, string value) => _fields.Add((name, value));

    internal void Add(FormFile file) => _files.Add(file);

    internal void Remove(FormFile file) => _files.Remove(file);
}
