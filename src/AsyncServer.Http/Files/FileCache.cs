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

    // A compressed version that is gone or has changed is noticed at once, one that is new within so long: looking for files that are
    // not there each turn would cost more than the file.
    private static readonly TimeSpan SiblingInterval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, LinkedListNode<Entry>>.AlternateLookup<ReadOnlySpan<byte>> _entries =
        new Dictionary<string, LinkedListNode<Entry>>(PathComparer.Instance).GetAlternateLookup<ReadOnlySpan<byte>>();

    // The most recently validated first.
    private readonly LinkedList<Entry> _order = new();

    /// <summary>Bytes that the entries weigh.</summary>
    internal long Size { get; private set; }

    internal int Count => _order.Count;

    /// <summary>What the path stands for in this turn, or null when it must be looked up.</summary>
    /// <param name="path">The request's path, decoded.</param>
    /// <param name="turn">The hub's present turn.</param>
    /// <param name="now">The hub's time.</param>
    internal ServedFile? Find(ReadOnlySpan<byte> path, long turn, TimeSpan now)
    {
        if (!_entries.TryGetValue(path, out var node))
            return null;
        var entry = node.Value;
        if (entry.CheckedTurn == turn || Check(node, turn, now))
            return entry.File;
        Remove(path);
        return null;
    }

    /// <summary>Keeps what was read in this turn, in the place of what the path stood for before.</summary>
    /// <param name="path">The request's path, decoded.</param>
    /// <param name="file">Has the content of one version at least.</param>
    /// <param name="turn">The hub's present turn.</param>
    /// <param name="now">The hub's time.</param>
    /// <param name="today">The time of day.</param>
    internal void Add(byte[] path, ServedFile file, long turn, TimeSpan now, DateTimeOffset today)
    {
        bool isSettled = IsSettled(file.Plain, today) && Array.TrueForAll(file.Encoded, encoded => IsSettled(encoded, today));
        var entry = new Entry(path, file, isSettled) { CheckedTurn = turn, SiblingsKnownUntil = now + SiblingInterval };
        Remove(path);
        _entries[path] = _order.AddFirst(entry);
        Size += entry.Weight;
        while (Size > capacity)
            Remove(_order.Last!.Value.Path);
    }

    private void Remove(ReadOnlySpan<byte> path)
    {
        if (!_entries.Remove(path, out _, out var node))
            return;
        _order.Remove(node);
        Size -= node.Value.Weight;
    }

    private static bool IsSettled(Representation representation, DateTimeOffset today) =>
        FileClock.ShowsNextChange(representation.Facts.Changed, today);

    private bool Check(LinkedListNode<Entry> node, long turn, TimeSpan now)
    {
        var entry = node.Value;
        if (!entry.IsSettled || !IsSame(entry.File.Plain))
            return false;
        foreach (var encoded in entry.File.Encoded)
        {
            if (!IsSame(encoded))
                return false;
        }
        if (now >= entry.SiblingsKnownUntil)
        {
            if (Siblings.Count(root, entry.File.Plain) != entry.File.Encoded.Length)
                return false;
            entry.SiblingsKnownUntil = now + SiblingInterval;
        }
        entry.CheckedTurn = turn;
        if (node != _order.First)
        {
            _order.Remove(node);
            _order.AddFirst(node);
        }
        return true;
    }

    private bool IsSame(Representation kept) => root.Stat(kept.Path, out var facts) == FileStatus.Found && facts == kept.Facts;

    private sealed record Entry(byte[] Path, ServedFile File, bool IsSettled)
    {
        internal long CheckedTurn { get; set; }

        internal TimeSpan SiblingsKnownUntil { get; set; }

        internal int Weight { get; } = EntryOverhead + File.Weight;
    }
}
