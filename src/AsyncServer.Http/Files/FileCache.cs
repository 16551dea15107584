using AsyncServer.Runtime;

namespace AsyncServer.Http;

/// <summary>
/// Small files of a hub, whole, by the path that asks for them; used on its thread alone, so it needs no lock. An entry is held
/// against the file system at most once a hub turn: what it gives was right after the requests of that turn had arrived.
/// </summary>
internal sealed class FileCache(RootDirectory root, long capacity)
{
    /// <summary>Larger files are sent from where they lie.</summary>
    internal const int MaxContent = 64 * 1024;

    // What an entry weighs besides its content and its lines: nodes, strings, arrays' heads.
    private const int EntryOverhead = 1024;

    // Two changes within one step of the file system's clock look like one; the coarsest clock in use (FAT) has such steps.
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, LinkedListNode<Entry>>.AlternateLookup<ReadOnlySpan<byte>> _entries =
        new Dictionary<string, LinkedListNode<Entry>>(PathComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    // The most recently validated first.
    private readonly LinkedList<Entry> _order = new();

    /// <summary>Bytes that the entries weigh.</summary>
    internal long Size { get; private set; }

    internal int Count => _order.Count;

    /// <summary>What the path stands for in this turn, or null when it must be looked up.</summary>
    internal Representation? Find(ReadOnlySpan<byte> path, long turn)
    {
        if (!_entries.TryGetValue(path, out var node))
            return null;
        var entry = node.Value;
        return entry.CheckedTurn == turn || Check(node, turn) ? entry.Representation : null;
    }

    /// <summary>Keeps what was read in this turn, in the place of what the path stood for before.</summary>
    /// <param name="path">The request's path, decoded.</param>
    /// <param name="filePath">The file's path below the root, ended by a NUL.</param>
    /// <param name="representation">Has its content.</param>
    /// <param name="turn">The hub's present turn.</param>
    /// <param name="now">The time of day.</param>
    internal void Add(ReadOnlySpan<byte> path, byte[] filePath, Representation representation, long turn, DateTimeOffset now)
    {
        var age = now - representation.Facts.Changed;
        var entry = new Entry(path.ToArray(), filePath, representation, IsSettled: age < TimeSpan.Zero || age > ClockStep) { CheckedTurn = turn };
        Remove(path);
        _entries[path] = _order.AddFirst(entry);
        Size += entry.Weight;
        while (Size > capacity)
            Remove(_order.Last!.Value.Path);
    }

    internal void Remove(ReadOnlySpan<byte> path)
    {
        if (!_entries.Remove(path, out _, out var node))
            return;
        _order.Remove(node);
        Size -= node.Value.Weight;
    }

    private bool Check(LinkedListNode<Entry> node, long turn)
    {
        var entry = node.Value;
        if (!entry.IsSettled || root.Stat(entry.FilePath, out var facts) != FileStatus.Found || facts != entry.Representation.Facts)
            return false;
        entry.CheckedTurn = turn;
        if (node != _order.First)
        {
            _order.Remove(node);
            _order.AddFirst(node);
        }
        return true;
    }

    private sealed record Entry(byte[] Path, byte[] FilePath, Representation Representation, bool IsSettled)
    {
        internal long CheckedTurn { get; set; }

        internal int Weight { get; } = EntryOverhead + Representation.Content!.Length + (2 * Representation.Lines.Length);
    }
}
